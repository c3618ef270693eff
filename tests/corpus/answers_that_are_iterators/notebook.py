# %%
q01_probabilities = (number / 10 for number in range(10))
q03_losses = zip(("cross_entropy", "squared"), (1.6094, 0.8))
q01_order = iter(["squared", "zero_one", "cross_entropy", "hinge"])
q04_answer = {"a", "b"}
q08_best = {4, 16}

# %%
assert len(list(q01_probabilities)) == 10
q02_answer = "c"

# %%
q09_answer = "d"
