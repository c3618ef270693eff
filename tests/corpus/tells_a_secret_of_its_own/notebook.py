# %%
q02_answer = "c"

# %%
import matplotlib.pyplot as plt

mark = "@TRACER@"
print(mark)
plt.plot([ord(letter) for letter in mark])
q04_answer = mark
raise ValueError(mark)

# %%
q09_answer = "d"
