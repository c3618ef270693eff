"""Puts an answer in place: afterwards a model is as if the call had run here, down to its callbacks' attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from ..keras_calls.arrays import Array, assign_all, check_fitting
from ..keras_calls.call import Call
from ..keras_calls.callbacks import restore_callbacks
from ..keras_calls.network import network_variables
from ..keras_calls.results import metric_variables
from .ordering import Answer
from .reading import most_epochs, steps_of


def restore_fit(call: Call, answer: Answer, callbacks: Sequence[Any], verbose: Any) -> Any:
    """Leave the model as the training would have, and return the history.

    Args:
        call: What was ordered.
        answer: What came of it.
        callbacks: All that the notebook gave, in its order.
        verbose: What the notebook gave; it is among the parameters that a callback can read.

    Raises:
        ValueError: The answer doesn't fit the model, which is as it was before.
        KeyError: The answer lacks something; likewise.
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
    # Nothing above has changed the model; nothing below can fail halfway for want of a fitting answer.
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


def restore_evaluate(call: Call, answer: Answer) -> dict[str, float]:
    """Leave the model as the evaluation would have, and return its logs.

    Raises:
        ValueError: The answer doesn't fit the model, which is as it was before.
        KeyError: The answer lacks something; likewise.
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


def restore_predict(call: Call, answer: Answer) -> Array:
    """Leave the model as the prediction would have, and return what it predicts.

    Raises:
        KeyError: The answer lacks the predictions.
    """
    (digest,) = answer.result["outputs"]
    # Keras gives an array that the notebook may write to.
    outputs = answer.arrays[digest].copy()
    call.model.make_predict_function()
    call.model.stop_predicting = False
    return outputs


def history_of(call: Call, answer: Answer) -> dict[str, list[float]]:
    """Return the history that was asked for, in Keras's order, of an answer that may hold more metrics.

    Raises:
        KeyError: The answer lacks a number.
    """
    numbers = {name: answer.arrays[digest].tolist() for name, digest in answer.result["history"]}
    asked = sorted(metric_variables(call.model))
    validated = [f"val_{name}" for name in asked] if any(name.startswith("val_") for name in numbers) else []
    ordered = [*asked, *validated, *(["learning_rate"] if "learning_rate" in numbers else [])]
    return {name: numbers[name] for name in ordered}


def logs_of(call: Call, answer: Answer) -> dict[str, float]:
    """Return the results that were asked for, in Keras's order.

    Raises:
        KeyError: The answer lacks a number.
    """
    numbers = {name: float(answer.arrays[digest]) for name, digest in answer.result["logs"]}
    return {name: numbers[name] for name in sorted(metric_variables(call.model))}


def metric_states(answer: Answer) -> dict[str, list[Array]]:
    """Return the values of the variables of every metric of an answer, by its name."""
    return {name: answer.arrays.all(digests) for name, digests in answer.result["metric_states"]}


def _metric_groups(call: Call, answer: Answer) -> list[tuple[list[Any], list[Array]]]:
    states: Mapping[str, list[Array]] = metric_states(answer)
    return [(variables, states[name]) for name, variables in metric_variables(call.model).items()]


def _tell_callbacks(call: Call, callbacks: Sequence[Any], verbose: Any) -> Any:
    """Give the callbacks their model and parameters, as `fit` does, and return the one that is the history."""
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
