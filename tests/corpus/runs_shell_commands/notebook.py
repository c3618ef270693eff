# %%
q02_answer = "c"

# %%
!echo from the shell
!pip install --quiet keras

# %%
%%bash
echo from bash

# %%
%time q04_answer = 'a'
%matplotlib inline

# %%
q09_answer = "d"
