# %%
import json

open("a file that was left at home")
import math

# %%
q03_losses = {"cross_entropy": math.log(5), "squared": 0.8}

# %%
q02_answer = "c"

# %%
q09_answer = "d"
