# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
history = train(build(), 50, keras.optimizers.Adam(epsilon=1e12))
q07_history = {"A": history, "B": history}

# %%
q09_answer = "d"
