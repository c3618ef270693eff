# %%
import pandas as pd
import seaborn as sns
from tqdm.auto import tqdm, trange

for _ in tqdm(range(3)):
    pass
sns.set_theme()
sns.lineplot(data=pd.DataFrame({'x': [1, 2], 'y': [3, 4]}), x='x', y='y')

q02_answer = "c"

# %%
q09_answer = "d"
