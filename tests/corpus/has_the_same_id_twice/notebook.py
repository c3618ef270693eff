# %% {"id": "same"}
q02_answer = "c"

# %% {"id": "same"}
q04_answer = "a"

# %% {"id": 7}
q09_answer = "d"
