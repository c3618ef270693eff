# %%
q02_answer = "b ou c"
q04_answer = "a?"
q05_answer = "não é a, é c"
q06_answer = "a que tem a menor perda"
q09_answer = ["c", "d"]
