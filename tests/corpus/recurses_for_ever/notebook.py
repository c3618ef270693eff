# %%
q02_answer = "c"

# %%
def deeper():
    return deeper()


deeper()

# %%
q09_answer = "d"
