# %%
q02_answer = "c"

# %%
q01_probabilities = [True] * 10
q03_losses = {"cross_entropy": "1.6094", "squared": True}
q08_epochs = {"2": True}
q10_params = {"inception": "196154", "resnet": "186058"}

# %%
q09_answer = "d"
