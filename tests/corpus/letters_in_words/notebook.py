# %%
q02_answer = "Alternativa (c)"
q04_answer = "Resposta: a letra A."
q05_answer = "c) porque a softmax soma 1"
q06_answer = "**(d)**"
q09_answer = "- `D`"
