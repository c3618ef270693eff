# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
channel.send({"type": "order", "number": 1, "description": described()})
for wanted in channel.receive()["arrays"]:
    channel.send_array(wanted, "<f4", [2], memoryview(bytes(8)))
q07_history = channel.receive()

# %%
q09_answer = "d"
