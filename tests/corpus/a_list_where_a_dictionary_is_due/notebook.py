# %%
q02_answer = "c"

# %%
q03_losses = [1.6094, 0.8]
q01_probabilities = {"0": 0.1327}
q08_epochs = {"2": 10, "4": 11, "8": 12, "16": 13, "32": 14, "64": 15, "128": 16, "256": 17}
q01_order = "squared zero_one cross_entropy hinge"

# %%
q09_answer = "d"
