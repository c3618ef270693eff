# %%
q02_answer = "c"

# %%
numbers = iter([1, 2, 3])
for _ in range(10**6):
    numbers = filter(None, numbers)
print(next(numbers))

# %%
q09_answer = "d"
