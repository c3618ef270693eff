# %%
import cv2
from google.colab.patches import cv2_imshow

cv2_imshow(cv2.imread('x.png'))

q02_answer = "c"

# %%
q09_answer = "d"
