# %%
import pandas as pd

q01_losses_per_example = pd.DataFrame({"squared": [0.0176, 0.0315, 0.1060, 0.3216, 0.2400, 0.2050, 0.3312, 0.1010, 0.0431, 0.0245], "cross_entropy": [0.1424, 0.1954, 0.3938, 0.8373, 0.6732, 0.6029, 0.8569, 0.3823, 0.2326, 0.1703], "zero_one": [0, 0, 0, 1, 0, 0, 1, 0, 0, 0], "hinge": [0.2654, 0.3550, 0.6510, 1.1342, 0.9798, 0.9056, 1.1510, 0.6354, 0.4150, 0.3132]})
q01_losses = q01_losses_per_example.mean()
q01_order = q01_losses.sort_values().index
q01_probabilities = pd.DataFrame({"p": [0.1327, 0.1775, 0.3255, 0.4329, 0.4899, 0.5472, 0.5755, 0.6823, 0.7925, 0.8434]})

# %%
q02_answer = "c"

# %%
q09_answer = "d"
