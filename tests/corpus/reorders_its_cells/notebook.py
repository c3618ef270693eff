# %%
q04_answer = letters[0]

# %%
letters = "abcd"

# %%
q02_answer = letters[2]
