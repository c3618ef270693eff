# %%
q02_answer = "c"

# %%
import time

while True:
    print('.', end='', flush=True)
    time.sleep(0.01)

# %%
q09_answer = "d"
