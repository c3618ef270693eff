# %%
q02_answer = "c"

# %%
import matplotlib.pyplot as plt

for _ in range(100_000):
    plt.figure()
    plt.plot([1, 2, 3])

# %%
q09_answer = "d"
