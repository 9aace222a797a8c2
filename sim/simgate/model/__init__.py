"""A .tflite: reading it safely, checking it, and compiling it to C."""

from simgate.model.compiler import CompiledLayer, CompiledModel, check_model, compile_model
from simgate.model.graph import Model, Operator, Quantisation, Tensor
from simgate.model.reader import parse_model, read_model

__all__ = [
    "CompiledLayer",
    "CompiledModel",
    "Model",
    "Operator",
    "Quantisation",
    "Tensor",
    "check_model",
    "compile_model",
    "parse_model",
    "read_model",
]
