# %%
q02_answer = "c"

# %%
while True:
    pass

# %%
q09_answer = "d"
