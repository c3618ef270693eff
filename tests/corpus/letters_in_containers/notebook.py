# %%
import numpy as np

q02_answer = ["c"]
q04_answer = ("a",)
q05_answer = {"c"}
q06_answer = np.array([["d"]])
q09_answer = b"d"
