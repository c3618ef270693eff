# %%
q02_answer = "c"

# %%
import keras
import tensorflow as tf

q03_losses = {"cross_entropy": tf.constant(1.6094), "squared": keras.Variable(0.8)}
q10_params = {"inception": tf.constant(196154), "resnet": tf.constant(186058)}
q01_probabilities = tf.constant(float("nan"), shape=(10,))

# %%
q09_answer = "d"
