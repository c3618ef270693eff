# %%
import keras
import numpy as np
import tensorflow as tf

probabilities = [0.1327, 0.1775, 0.3255, 0.4329, 0.4899, 0.5472, 0.5755, 0.6823, 0.7925, 0.8434]
q01_probabilities = tf.Variable(probabilities)
q01_losses = {"squared": tf.constant(0.1421), "cross_entropy": keras.Variable(0.4487), "zero_one": np.float16(0.2), "hinge": tf.constant([0.6805])}

# %%
model = keras.Sequential([keras.layers.Dense(1)])
model.losses_by_name = {"cross_entropy": 1.6094, "squared": np.float32(0.8)}
q03_losses = model.losses_by_name
q02_answer = tf.constant("c")
q09_answer = np.array("d")
