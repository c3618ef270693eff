# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
for number in (1, 2):
    channel.send({"type": "order", "number": number, "description": described()})

# %%
q09_answer = "d"
