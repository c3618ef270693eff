# %%
q02_answer = "c"

# %%
import threading
import time


def late():
    while True:
        time.sleep(0.001)
        if "q09_answer" in globals():
            time.sleep(0.3)
            globals()["q04_answer"] = "a"


threading.Thread(target=late, daemon=True).start()
threading.Thread(target=time.sleep, args=(10**6,)).start()

# %%
q09_answer = "d"
