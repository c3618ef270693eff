# %%
q02_answer = "c"

# %%
q04_answer = [[] for _ in range(100_000)]

# %%
q09_answer = "d"
