# %%
q02_answer = "c"

# %%
import pandas as pd

q01_probabilities = pd.Series([0.1327, 0.1775, 0.3255, 0.4329, 0.4899, 0.5472, 0.5755, 0.6823, 0.7925, 0.8434])
q01_losses = pd.DataFrame({"squared": [0.1421], "cross_entropy": [0.4487], "zero_one": [0.2], "hinge": [0.6805]})
q08_best = {2, 4}
q08_worst = iter([128, 256])

# %%
q09_answer = "d"
