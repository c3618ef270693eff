# %%
q02_answer = "C"
q04_answer = " a "
q05_answer = "(c)"
q06_answer = "D)"
q09_answer = "ｄ"
