# %%
q02_answer = "c"

# %%
import ctypes

ctypes.string_at(0)

# %%
q09_answer = "d"
