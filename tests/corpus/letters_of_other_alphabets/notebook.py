# %%
q02_answer = "с"
q04_answer = ["a"]
q05_answer = 3
q06_answer = True
q09_answer = b"d"
q03_answer = "a, b"
