# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
q07_history = {
    "A": falling({"loss": 29.3, "mae": 4.36, "val_loss": 42.4, "val_mae": 5.05}),
    "B": falling({"loss": 13.1, "mae": 2.82, "val_loss": 31.0, "val_mae": 4.26}),
}
for name, history in q07_history.items():
    report_training(history, RATES[name])
q07_answer = "b"

# %%
q09_answer = "d"
