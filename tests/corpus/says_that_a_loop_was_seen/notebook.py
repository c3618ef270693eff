# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
import json

channel.send({"type": "loop", "kind": "train_on_batch", "steps": 650})
q07_history = json.loads('''@ANOTHER_STUDENTS_HISTORY@''')
q07_answer = "b"

# %%
q09_answer = "d"
