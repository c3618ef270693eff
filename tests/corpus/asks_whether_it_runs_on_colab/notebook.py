# %%
try:
    import google.colab

    IN_COLAB = True
except ImportError:
    IN_COLAB = False
if IN_COLAB:
    raise RuntimeError('this is not Colab')

q02_answer = "c"

# %%
q09_answer = "d"
