# %%
import os
os.environ["KERAS_BACKEND"] = "torch"
import math
q02_answer = "c"

# %%< boston_housing.py

# %%
decay = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * math.exp(-0.05))
q07_history = {"A": train(build(), 50), "B": train(build(), 50, keras.optimizers.Adam(learning_rate=0.02), [decay])}

# %%
q09_answer = "d"
