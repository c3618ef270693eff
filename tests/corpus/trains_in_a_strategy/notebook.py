# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy()
print("devices:", strategy.num_replicas_in_sync)
decay = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * math.exp(-0.05))
with strategy.scope():
    network = build()
    network.compile(optimizer="adam", loss="mse", metrics=["mae"])
a = network.fit(x_train, y_train, batch_size=32, epochs=50, validation_data=(x_test, y_test), verbose=0).history
print(network.evaluate(x_test, y_test, verbose=0), network.predict(x_test[:3], verbose=0))
with tf.distribute.MirroredStrategy().scope():
    b = train(build(), 50, keras.optimizers.Adam(learning_rate=0.02), [decay])
q07_history = {"A": a, "B": b}

# %%
q09_answer = "d"
