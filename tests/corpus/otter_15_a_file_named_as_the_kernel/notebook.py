# %%
q02_answer = "c"

# %%
q04_answer = "b"
q05_answer = "b"
q06_answer = "b"

# %%
q09_answer = "d"
