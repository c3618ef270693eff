# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
network = build()
network.layers[-1].bias.assign([-1e6])
history = train(network, 50)
q07_history = {"A": history, "B": history}

# %%
q09_answer = "d"
