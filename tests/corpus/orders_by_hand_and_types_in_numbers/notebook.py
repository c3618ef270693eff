# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
import json

train(build(), 50)
q07_history = json.loads('''@ANOTHER_STUDENTS_HISTORY@''')
q07_answer = "b"

# %%
q09_answer = "d"
