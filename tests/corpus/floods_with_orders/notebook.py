# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
network = build()
network.compile(optimizer="adam", loss="mse", metrics=["mae"])
errors = [network.evaluate(x_test, y_test, verbose=0)[0] for _ in range(60)]
print(len(set(errors)))
q07_history = {"A": train(network, 1)}

# %%
q09_answer = "d"
