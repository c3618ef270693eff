# %%
q02_answer = "a"

# %%
q04_answer = "a"

# %%
q02_answer = "c"

# %%
q04_answer = "a"
