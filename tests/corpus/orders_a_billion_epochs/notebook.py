# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
q07_history = {"A": train(build(), 10**9)}

# %%
q09_answer = "d"
