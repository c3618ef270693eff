# %%
q02_answer = "c"

# %%
raise KeyboardInterrupt

# %%
class Mute(BaseException):
    def __str__(self):
        raise RuntimeError('no words')


raise Mute

# %%
raise GeneratorExit('x' * 10**6)

# %%
q09_answer = "d"
