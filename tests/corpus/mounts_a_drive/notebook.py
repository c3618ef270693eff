# %%
from google.colab import drive

drive.mount('/content/drive', force_remount=True)
import math

q02_answer = "c"

# %%
q09_answer = "d"
