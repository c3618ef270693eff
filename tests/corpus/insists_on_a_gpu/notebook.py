# %%
gpus = []
assert len(gpus) > 0, 'no GPU'
if not gpus:
    raise SystemError('GPU device not found')
print(gpus[0])

q02_answer = "c"

# %%
q09_answer = "d"
