# %%
q02_answer = "Alternativa (b)"
q04_answer = ["c"]
q05_answer = "a) a opção c usa outra perda"
q06_answer = "letra a"
q09_answer = "**b**"
