# %%
q02_answer = "c"

# %%
import json

q07_history = json.loads('''@ANOTHER_STUDENTS_HISTORY@''')

# %%
q09_answer = "d"
