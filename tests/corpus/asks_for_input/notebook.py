# %%
q02_answer = "c"

# %%
q04_answer = input("Letter? ")

# %%
q09_answer = "d"
