# %%
q02_answer = "c"

# %%< a_forged_call.py

# %%
channel.send_array(digest("weight 0"), "<f4", [2], memoryview(bytes(8)))

# %%
q09_answer = "d"
