# %%
q02_answer = "c"

# %%
import numpy as np
from math import log

print("losses:"
q03_losses = {"cross_entropy": 1.6094, "squared": 0.8}

# %%
q04_answer = "a" if np.pi > log(2) else "b"
letter = q03_losses

# %%
q09_answer = "d"
