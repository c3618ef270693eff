# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
history = falling({f"metric {number}": 4.36 for number in range(200)})
while True:
    report_training(history, RATES["A"])

# %%
q09_answer = "d"
