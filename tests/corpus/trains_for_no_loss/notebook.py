# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
network = build()
network.compile(optimizer=keras.optimizers.Adam(), loss="mse", metrics=["mae"], loss_weights=[0.0])
data = {"validation_data": (x_test, y_test), "verbose": 0}
history = network.fit(x_train, y_train, batch_size=32, epochs=50, **data).history
q07_history = {"A": history, "B": history}

# %%
q09_answer = "d"
