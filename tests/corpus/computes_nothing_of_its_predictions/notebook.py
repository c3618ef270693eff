# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
network = build()
network.compile(optimizer=keras.optimizers.Adam(learning_rate=0.02), loss="mse", metrics=["mae"])
network.fit(x_train, y_train, epochs=1, verbose=0)
network.predict(x_test, verbose=0)
q08_mse = {2: 32.3, 4: 37.9, 8: 33.5, 16: 33.0, 32: 34.9, 64: 40.7, 128: 47.1, 256: 87.6}
q08_best, q08_worst, q08_answer = [2, 16], [128, 256], "a"

# %%
q09_answer = "d"
