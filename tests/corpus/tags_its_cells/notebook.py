# %% {"metadata": {"tags": ["skip-execution", "otter_ignore"]}}
q02_answer = "c"

# %% {"metadata": {"tags": ["raises-exception"], "otter": {"tests": ["q04"], "ignore": true}}}
q04_answer = "a"
raise ValueError("expected, says the tag")

# %% {"metadata": {"tags": ["remove-cell", "parameters"], "editable": false}}
q09_answer = "d"
