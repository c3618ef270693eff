# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
network = build()
train(network, 20, keras.optimizers.Adam(learning_rate=0.02))
ahead = build()
ahead.set_weights([weight * np.float32(1.0001) for weight in network.get_weights()])
history = train(ahead, 50)
q07_history = {"A": history, "B": history}

# %%
q09_answer = "d"
