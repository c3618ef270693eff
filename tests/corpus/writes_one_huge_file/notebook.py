# %%
q02_answer = "c"

# %%
with open('/tmp/huge', 'wb') as file:
    file.seek(10**10)
    file.write(b'x')

# %%
q09_answer = "d"
