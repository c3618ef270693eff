# %%
%pylab inline
assert np.sqrt(4.0) == sqrt(4.0)
plt.plot([1, 2])

q02_answer = "c"

# %%
q09_answer = "d"
