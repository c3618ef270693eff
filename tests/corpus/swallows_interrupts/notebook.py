# %%
q02_answer = "c"

# %%
q04_answer = "a"
while True:
    try:
        while True:
            pass
    except BaseException:
        continue

# %%
q09_answer = "d"
