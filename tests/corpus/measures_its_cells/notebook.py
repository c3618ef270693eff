# %%
%%time
q02_answer = "c"

# %%
%%capture output
q04_answer = "a"

# %%
%%memit
q05_answer = "c"

# %%
%%wandb
import wandb

wandb.init()
q09_answer = "d"
