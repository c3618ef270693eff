# %%
q02_answer = "c"

# %%
import hashlib

print(hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1))

# %%
q09_answer = "d"
