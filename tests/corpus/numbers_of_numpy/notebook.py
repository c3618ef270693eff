# %%
q02_answer = "c"

# %%
import numpy as np

q01_probabilities = np.array([0.1327, 0.1775, 0.3255, 0.4329, 0.4899, 0.5472, 0.5755, 0.6823, 0.7925, 0.8434], "float32")
q03_losses = {np.str_("cross_entropy"): np.float32(1.6094), "squared": np.int64(1) - np.float64(0.2)}
q04_answer = np.str_("a")
q08_epochs = {np.int64(2) ** k: np.int32(9 + k) for k in range(1, 9)}

# %%
q09_answer = "d"
