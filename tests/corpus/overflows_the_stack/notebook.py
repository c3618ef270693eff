# %%
q02_answer = "c"

# %%
numbers = iter([1, 2, 3])
for _ in range(200_000):
    numbers = filter(None, numbers)
print(next(numbers))

# %%
q09_answer = "d"
