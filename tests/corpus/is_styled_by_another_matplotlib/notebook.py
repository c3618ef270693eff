# %%
import locale

import matplotlib.pyplot as plt

plt.style.use('seaborn')
locale.setlocale(locale.LC_ALL, 'pt_BR.UTF-8')

q02_answer = "c"

# %%
q09_answer = "d"
