# %%
import wandb
from wandb.integration.keras import WandbMetricsLogger
from torchsummary import summary
from google.colab import output
import visualkeras
output.enable_custom_widget_manager()
wandb.init(project="boston", config={"epochs": 50})
q02_answer = "c"

# %%< boston_housing.py

# %%
decay = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch < 10 else rate * math.exp(-0.05))
first = build()
keras.utils.plot_model(first, show_shapes=True, to_file="model.png")
from keras.utils import plot_model
plot_model(first)
summary(first, (13,))
q07_history = {"A": train(first, 50), "B": train(build(), 50, keras.optimizers.Adam(learning_rate=0.02), [decay])}
wandb.log({"loss": q07_history["A"]["loss"][-1]})
wandb.finish()

# %%
%%capture output
%matplotlib widget
import matplotlib.pyplot as plt
plt.style.use("seaborn-whitegrid")
plt.plot(q07_history["A"]["loss"])
q04_answer = "a"

# %%
%%time
!pip install -q keras_tuner
import keras_tuner as kt
q09_answer = "d"
