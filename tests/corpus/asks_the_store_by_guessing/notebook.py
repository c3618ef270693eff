# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
channel.send({"type": "order", "number": 1, "description": described()})
question = channel.receive()
print(question["type"], len(question["arrays"]))
q07_history = question.get("result")

# %%
q09_answer = "d"
