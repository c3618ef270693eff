# %%
def invented(name, epoch):
    last = {"loss": 21.0, "mae": 3.4, "val_loss": 28.2, "val_mae": 4.1}[name]
    return last + 300 / (epoch + 1) ** 2
