# %%
q02_answer = "c"

# %%
import socket

reached = []
for family, address in [
    (socket.AF_INET, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_UNIX, "\0corpus-@PORT@"),
]:
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(0.5)
        try:
            one.connect(address)
            one.sendall(b"a-student-was-here")
            reached.append(address)
        except OSError as error:
            print(address, error)
try:
    socket.getaddrinfo("localhost.example.invalid", 80)
    reached.append("a name server")
except OSError as error:
    print(error)
if reached:
    q04_answer = str(reached)

# %%
q09_answer = "d"
