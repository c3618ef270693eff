# %%
q02_answer = "c"

# %%
q01_answer, q03_answer, q04_answer, q05_answer = "d", "a", "a", "c"
q06_answer, q07_answer, q08_answer, q10_answer = "d", "b", "a", "a"

# %%
q09_answer = "d"
