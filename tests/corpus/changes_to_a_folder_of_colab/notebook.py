# %%
import os

os.chdir('/content/drive/MyDrive/cnn')
%cd /content

q02_answer = "c"

# %%
q09_answer = "d"
