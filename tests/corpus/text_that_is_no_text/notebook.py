# %%
q02_answer = "c"

# %%
q04_answer = "\ud800"
q05_answer = "a\0"
q06_answer = "\u202e" + "d"
q03_losses = {"\udfff": 1}

# %%
raise ValueError("\ud800\0\u202e")

# %%
q09_answer = "d"
