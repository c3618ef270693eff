# %% {"cell_type": "raw"}
q04_answer = "a"

# %% {"cell_type": "markdown"}
q05_answer = "c"

# %%
q02_answer = "c"
