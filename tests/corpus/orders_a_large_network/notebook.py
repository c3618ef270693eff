# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
network = keras.Sequential([keras.Input(shape=(13,)), keras.layers.Dense(150_000), keras.layers.Dense(1)])
q07_history = {"A": train(network, 1)}

# %%
q09_answer = "d"
