# %%
%tensorflow_version 2.x
%load_ext tensorboard
%reload_ext autoreload
%autoreload 2
%tensorboard --logdir logs
%autosave 60
%nothing_of_the_kind --at all

q02_answer = "c"

# %%
q09_answer = "d"
