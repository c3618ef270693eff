# %%
q02_answer = "c"

# %%
import os
import signal

os.kill(os.getpid(), signal.SIGKILL)

# %%
q09_answer = "d"
