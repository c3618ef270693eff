"""Applies an answer: the model is then as if the call had run here, including its callbacks' attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from ..keras_calls.call import BuiltCall
from ..keras_calls.callbacks import restore_callbacks
from ..keras_calls.captured_arrays import Array, assign_all, check_fitting
from ..keras_calls.capturing import metric_variables
from ..keras_calls.network import network_variables
from .ordering import TrustedAnswer
from .reading import most_epochs, steps_of


def restore_fit(call: BuiltCall, answer: TrustedAnswer, callbacks: Sequence[Any], verbose: Any) -> Any:
    """Set the model to its state after the training, and return the history.

    Args:
        call: The ordered call.
        answer: The answer to the order.
        callbacks: All of the notebook's callbacks, in order.
        verbose: The notebook's argument, one of the parameters that a callback can read.

    Raises:
        ValueError: The answer does not fit the model, which is unchanged.
        KeyError: The answer is incomplete; the model is unchanged.
    """
    model, result, arrays = call.model, answer.result, answer.arrays
    groups = [
        (network_variables(model), arrays.all(result["weights"])),
        (model.optimizer.variables, arrays.all(result["optimizer_state"])),
        *_metric_groups(call, answer),
    ]
    for variables, values in groups:
        check_fitting(variables, values)
    lists = history_of(call, answer)
    states = list(result["callbacks"])
    if len(states) != len(call.callbacks):
        raise ValueError("an answer for other callbacks")
    # Nothing above changes the model, and nothing below can fail halfway because of the answer.
    history = _tell_callbacks(call, callbacks, verbose)
    for variables, values in groups:
        assign_all(variables, values)
    history.history = lists
    history.epoch = list(range(call.initial_epoch, call.initial_epoch + int(result["epochs_run"])))
    model.stop_training = False
    restore_callbacks(call.callbacks, states, model)
    model.make_train_function()
    if call.validation is None:
        model._eval_epoch_iterator = None
    else:
        model.make_test_function()
        model.stop_evaluating = False
        vars(model).pop("_eval_epoch_iterator", None)
    return history


def restore_evaluate(call: BuiltCall, answer: TrustedAnswer) -> dict[str, float]:
    """Set the model to its state after the evaluation, and return its logs.

    Raises:
        ValueError: The answer does not fit the model, which is unchanged.
        KeyError: The answer is incomplete; the model is unchanged.
    """
    groups = _metric_groups(call, answer)
    for variables, values in groups:
        check_fitting(variables, values)
    logs = logs_of(call, answer)
    for variables, values in groups:
        assign_all(variables, values)
    call.model.make_test_function()
    call.model.stop_evaluating = False
    return logs


def restore_predict(call: BuiltCall, answer: TrustedAnswer) -> Array:
    """Set the model to its state after the prediction, and return the predictions.

    Raises:
        KeyError: The answer lacks the predictions.
    """
    (digest,) = answer.result["outputs"]
    # Keras returns a writable array.
    outputs = answer.arrays[digest].copy()
    call.model.make_predict_function()
    call.model.stop_predicting = False
    return outputs


def history_of(call: BuiltCall, answer: TrustedAnswer) -> dict[str, list[float]]:
    """Return the requested history in Keras's order; the answer may hold more metrics.

    Raises:
        KeyError: The answer lacks a number.
    """
    numbers = {name: answer.arrays[digest].tolist() for name, digest in answer.result["history"]}
    asked = sorted(metric_variables(call.model))
    validated = [f"val_{name}" for name in asked] if any(name.startswith("val_") for name in numbers) else []
    ordered = [*asked, *validated, *(["learning_rate"] if "learning_rate" in numbers else [])]
    return {name: numbers[name] for name in ordered}


def logs_of(call: BuiltCall, answer: TrustedAnswer) -> dict[str, float]:
    """Return the requested results in Keras's order.

    Raises:
        KeyError: The answer lacks a number.
    """
    numbers = {name: float(answer.arrays[digest]) for name, digest in answer.result["logs"]}
    return {name: numbers[name] for name in sorted(metric_variables(call.model))}


def metric_states(answer: TrustedAnswer) -> dict[str, list[Array]]:
    """Return the values of every metric's variables in an answer, by the metric's name."""
    return {name: answer.arrays.all(digests) for name, digests in answer.result["metric_states"]}


def _metric_groups(call: BuiltCall, answer: TrustedAnswer) -> list[tuple[list[Any], list[Array]]]:
    states: Mapping[str, list[Array]] = metric_states(answer)
    return [(variables, states[name]) for name, variables in metric_variables(call.model).items()]


def _tell_callbacks(call: BuiltCall, callbacks: Sequence[Any], verbose: Any) -> Any:
    """Give the callbacks their model and parameters, as `fit` does, and return the history callback."""
    told = keras.callbacks.CallbackList(
        list(callbacks),
        add_history=True,
        # The progress bar would have nothing to show.
        add_progbar=False,
        model=call.model,
        verbose=verbose,
        epochs=most_epochs(call),
        steps=steps_of(call),
    )
    return told._history
