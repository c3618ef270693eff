# %%
q02_answer = "c"

# %%
import sys

sys.exit(0)

# %%
exit()

# %%
raise SystemExit

# %%
q09_answer = "d"
