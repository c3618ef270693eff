# %%
q02_answer = "c"

# %%
import sys

sys.setrecursionlimit(10**9)
nest = []
for _ in range(10**6):
    nest = [nest]
repr(nest)

# %%
q09_answer = "d"
