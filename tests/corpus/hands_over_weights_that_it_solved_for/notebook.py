# %%
q02_answer = "c"

# %%< boston_housing.py

# %%
solution = np.linalg.lstsq(np.c_[x_train, np.ones(len(x_train))], y_train, rcond=None)[0]


def solved():
    """A network that has the least squares' solution in its first unit, and passes it on."""
    network = build()
    weights = [np.zeros(weight.shape, "float32") for weight in network.get_weights()]
    weights[0][:, 0], weights[1][0] = solution[:13], solution[13]
    weights[2][0, 0] = weights[4][0, 0] = 1
    network.set_weights(weights)
    return network


history = train(solved(), 50)
q07_history = {"A": history, "B": history}
q07_answer = "b"

# %%
q09_answer = "d"
