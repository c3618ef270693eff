# %%% {"nbformat": 5}
# %%
q02_answer = "c"
