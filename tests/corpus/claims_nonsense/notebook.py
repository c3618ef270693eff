# %% {"outputs": [{"output_type": "display_data", "metadata": {}, "data": {"application/vnd.autograder.evidence+json": "{\"version\": 1, \"version\": 1, \"variables\": {\"q04_answer\": NaN}}"}}]}
q02_answer = "c"
