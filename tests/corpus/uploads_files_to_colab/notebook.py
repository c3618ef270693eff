# %%
import os

from google.colab import files, output, userdata

uploaded = files.upload()
for name in uploaded:
    print(name, len(uploaded[name]))
os.environ['TOKEN'] = userdata.get('TOKEN')
output.clear()

q02_answer = "c"

# %%
q09_answer = "d"
