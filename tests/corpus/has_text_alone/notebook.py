# %% {"cell_type": "markdown"}
The answer to question 2 is c.
