# %%
q02_answer = "c"

# %%
import gc

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
for name in ("../secret.txt", "/etc/passwd", "00" * 32 + "/../../../secret.txt"):
    q04_answer = str(channel.ask(name))

# %%
q09_answer = "d"
