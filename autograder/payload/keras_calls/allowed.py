"""Lists the Keras classes and functions that an order may name; the trainer builds nothing else.

A layer is excluded if it runs code that it contains (`Lambda`), reads files, holds other layers, or if names decide
what it computes.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

import keras
import tensorflow as tf
from keras.src.activations import activations as activation_operations
from keras.src.ops import linalg as linalg_operations
from keras.src.ops import math as math_operations
from keras.src.ops import nn as nn_operations
from keras.src.ops import numpy as numpy_operations
from keras.src.ops.operation import Operation

from .own import NotOrderableError, is_keras_class


def _names(text: str) -> list[str]:
    return text.split()


_LAYERS = _names("""
Activation ActivityRegularization Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D
BatchNormalization CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU Embedding Flatten GRU
GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization Identity InputLayer LSTM LayerNormalization LeakyReLU Masking
MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum Multiply Normalization PReLU Permute RMSNormalization
RandomContrast RandomFlip RandomRotation RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape
SeparableConv1D SeparableConv2D SimpleRNN Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D Subtract
UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
""")
_OPTIMIZERS = _names("Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Nadam RMSprop SGD")
_SCHEDULES = _names("""
CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay
""")
_INITIALIZERS = _names("""
Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal RandomNormal
RandomUniform TruncatedNormal VarianceScaling Zeros
""")
_CONSTRAINTS = _names("MaxNorm MinMaxNorm NonNeg UnitNorm")
_REGULARIZERS = _names("L1 L1L2 L2 OrthogonalRegularizer")
_LOSSES = _names("CTC Circle Dice Tversky")
_METRICS = _names("""
AUC BinaryIoU ConcordanceCorrelation F1Score FBetaScore FalseNegatives FalsePositives IoU MeanIoU OneHotIoU
OneHotMeanIoU PearsonCorrelation Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError
SensitivityAtSpecificity SpecificityAtSensitivity TrueNegatives TruePositives
""")
_CALLBACKS = _names("EarlyStopping ReduceLROnPlateau TerminateOnNaN")
_OPERATIONS = {
    module.__name__.removeprefix("keras.src."): module
    for module in (numpy_operations, nn_operations, math_operations, linalg_operations, activation_operations)
}


def _named(place: Any, names: list[str]) -> dict[str, type]:
    # Two names may refer to one class (`Identity`); the class's own name is used.
    return {getattr(place, name).__name__: getattr(place, name) for name in names}


FAMILIES: dict[str, dict[str, type]] = {
    "layers": _named(keras.layers, _LAYERS),
    "optimizers": _named(keras.optimizers, _OPTIMIZERS),
    "schedules": _named(keras.optimizers.schedules, _SCHEDULES),
    "initializers": _named(keras.initializers, _INITIALIZERS),
    "constraints": _named(keras.constraints, _CONSTRAINTS),
    "regularizers": _named(keras.regularizers, _REGULARIZERS),
    "losses": _named(keras.losses, _LOSSES),
    "metrics": _named(keras.metrics, _METRICS),
    "callbacks": _named(keras.callbacks, _CALLBACKS),
}

ACTIVATIONS: dict[str, FunctionType] = {
    name: function for name, function in vars(keras.activations).items() if isinstance(function, FunctionType)
}
"""By each of Keras's names for them: `swish` is `silu`."""
for _name in ("get", "serialize", "deserialize"):
    ACTIVATIONS.pop(_name, None)

TENSORFLOW_ACTIVATIONS: dict[str, Any] = {
    "relu": tf.nn.relu,
    "tanh": tf.nn.tanh,
    "sigmoid": tf.nn.sigmoid,
    "softmax": tf.nn.softmax,
    "elu": tf.nn.elu,
    "selu": tf.nn.selu,
    "softplus": tf.nn.softplus,
    "gelu": tf.nn.gelu,
}
"""TensorFlow's functions, used in older courses. They compute the same, but losses treat Keras's softmax specially."""

LOSS_FUNCTIONS: dict[str, FunctionType] = {
    function.__name__: function
    for place in (keras.losses, keras.metrics)
    for name, function in vars(place).items()
    if isinstance(function, FunctionType) and name not in ("get", "serialize", "deserialize")
}
"""Losses and metrics that are functions of two arrays, by their full name."""


def family_of(thing: Any) -> str:
    """Return the family of an object's class.

    Raises:
        NotOrderableError: It is not on the list.
    """
    kind = type(thing)
    for family, classes in FAMILIES.items():
        if classes.get(kind.__name__) is kind:
            return family
    raise NotOrderableError(f"a {kind.__name__}, which the trainer does not build")


def operation_text(operation: Any) -> str:
    """Return the name in an order of a layer or an operation of `keras.ops`.

    Raises:
        NotOrderableError: It is not on the list.
    """
    kind = type(operation)
    if isinstance(operation, keras.Layer):
        family_of(operation)
        return kind.__name__
    module = kind.__module__.removeprefix("keras.src.")
    if is_keras_class(kind) and module in _OPERATIONS:
        return f"{module}:{kind.__name__}"
    raise NotOrderableError(f"an operation of the kind {kind.__name__}")


def operation_class(text: str) -> type:
    """Return the class with this `operation_text`.

    Raises:
        NotOrderableError: There is none.
    """
    module, colon, name = text.rpartition(":")
    if not colon:
        return class_of("layers", text)
    kind = getattr(_OPERATIONS.get(module), name, None)
    if not isinstance(kind, type) or not issubclass(kind, Operation) or not is_keras_class(kind):
        raise NotOrderableError(f"no operation {text[:80]!r}")
    return kind


def class_of(family: str, name: str) -> type:
    """Return a class of a family by its name.

    Raises:
        NotOrderableError: There is none.
    """
    try:
        return FAMILIES[family][name]
    except KeyError:
        raise NotOrderableError(f"no {name[:80]!r} among the {family}") from None
