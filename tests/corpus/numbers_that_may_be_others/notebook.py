# %%
q03_losses = {"cross_entropy": "1.609", "squared": "80%"}
q10_params = {"inception": "196.154", "resnet": "186.058"}
q08_epochs = {str(2 ** k): [9 + k, 0] for k in range(1, 9)}

# %%
q02_answer = "c"

# %%
q09_answer = "d"
