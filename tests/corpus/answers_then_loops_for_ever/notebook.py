# %%
q02_answer = "c"

# %%
q04_answer = "a"
while True:
    pass

# %%
q09_answer = "d"
