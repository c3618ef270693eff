# %% {"cell_type": "markdown"}
@SECRET@

# %%
# @SECRET@
q02_answer = "c"
