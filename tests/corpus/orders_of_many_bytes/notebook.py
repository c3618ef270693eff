# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
x_train, y_train = np.zeros((200_000, 13), "float32"), np.zeros(200_000, "float32")
q07_history = {"A": train(build(), 1)}

# %%
q09_answer = "d"
