# %%
q02_answer = "c"

# %%
import os

line = b'x' * 2**16
for _ in range(2**15):
    os.write(2, line)

# %%
q09_answer = "d"
