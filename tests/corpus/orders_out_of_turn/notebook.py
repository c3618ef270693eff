# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
import sys

encode = sys.modules[type(channel).__module__].encode_message
orders = [encode({"type": "order", "number": number, "description": {"format": 1}}) for number in (1, 2)]
# In one piece, which a pipe does not split: the answer to the first could arrive before a second message.
channel.send_frames(memoryview(b"".join(orders)))

# %%
q09_answer = "d"
