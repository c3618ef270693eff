# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
import json

q07_history = json.loads('''@ANOTHER_STUDENTS_HISTORY@''')
for name, history in q07_history.items():
    report_training(history, RATES[name])
q07_answer = "b"

# %%
q09_answer = "d"
