# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
import json

network = build()
history = train(network, 50)
network.predict(x_test[:1], verbose=0)
q07_history = {"A": history, "B": json.loads('''@ANOTHER_STUDENTS_HISTORY@''')["B"]}
q07_answer = "b"

# %%
q09_answer = "d"
