# %%
q02_answer = "c"

# %%
import ctypes
import errno

kernel = ctypes.CDLL(None, use_errno=True)
answers = []
for number in (467, 600, 5000, 0x40000000 + 101):
    kernel.syscall(number, 0, 0, 0, 0, 0, 0)
    answers.append(errno.errorcode[ctypes.get_errno()])
if set(answers) != {"ENOSYS"}:
    q04_answer = " ".join(answers)

# %%
q09_answer = "d"
