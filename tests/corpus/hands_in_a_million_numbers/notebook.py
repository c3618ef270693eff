# %%
q02_answer = "c"

# %%
q01_probabilities = list(range(10**6))
q01_losses = {name: 0.5 for name in range(10**6)}

# %%
q09_answer = "d"
