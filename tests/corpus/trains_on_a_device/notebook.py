# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
import tensorflow as tf
gpus = tf.config.list_physical_devices("GPU")
tf.config.experimental.set_visible_devices(gpus[0], "GPU")
for gpu in tf.config.experimental.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
tf.config.experimental.set_virtual_device_configuration(gpus[0], [tf.config.experimental.VirtualDeviceConfiguration(memory_limit=4096)])
tf.config.experimental.enable_op_determinism()
tf.config.optimizer.set_jit(True)
tf.config.run_functions_eagerly(False)
print(tf.test.gpu_device_name(), tf.config.experimental.get_memory_info("GPU:0"))
if gpus:
    keras.mixed_precision.set_global_policy("mixed_float16")
tf.debugging.set_log_device_placement(False)
strategy = tf.distribute.get_strategy()
decay = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * math.exp(-0.05))
with tf.device("/GPU:0"):
    a = train(build(), 50)
with strategy.scope(), tf.device("/device:CPU:0"):
    b = train(build(), 50, keras.optimizers.Adam(learning_rate=0.02), [decay])
q07_history = {"A": a, "B": b}

# %%
q09_answer = "d"
