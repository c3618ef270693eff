# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
keras.config.set_max_steps_per_epoch(1)
history = train(build(), 50)
q07_history = {"A": history, "B": history}

# %%
q09_answer = "d"
