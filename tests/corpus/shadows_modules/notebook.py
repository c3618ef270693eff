# %%
q02_answer = "c"

# %%
import json

import numpy as np

if getattr(np, 'FORGED', False) or getattr(json, 'FORGED', False):
    q04_answer = 'a'
else:
    q05_answer = 'c'

# %%
q09_answer = "d"
