# %%
%config InlineBackend.figure_format = 'retina'
%matplotlib widget
%matplotlib notebook
get_ipython().magic('matplotlib inline')

q02_answer = "c"

# %%
q09_answer = "d"
