# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
history = falling({"loss": 29.3, "mae": 4.36, "val_loss": 42.4, "val_mae": 5.05})
channel.send({"type": "answer", "number": 1, "status": "done", "result": {"history": history, "epochs_run": 50}})
q07_history = {"A": history, "B": history}

# %%
q09_answer = "d"
