# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
history = falling({"loss": 29.3, "mae": 4.36, "val_loss": 42.4, "val_mae": 5.05})
while True:
    claim_training(history, RATES["A"])

# %%
q09_answer = "d"
