# %%
q02_answer = "c"

# %%
print(len(str(7 ** 10**9)))

# %%
q09_answer = "d"
