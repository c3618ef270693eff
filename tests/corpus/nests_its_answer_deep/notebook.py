# %%
q02_answer = "c"

# %%
nest = []
for _ in range(100_000):
    nest = [nest]
q01_probabilities = nest
q01_losses = {}
q01_losses['squared'] = q01_losses

# %%
q09_answer = "d"
