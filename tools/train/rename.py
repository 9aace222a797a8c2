"""Names that a person can read in place of the converter's, in the .tflite itself.

The converter joins the names of everything it fused, which costs kilobytes and makes a report of
layers unreadable. An operator's output takes the name of the Keras layer that it came from; its
weights and bias are called after it.
"""

from __future__ import annotations

from typing import Any

_CHAIN_ENDS = {
    "AVERAGE_POOL_2D": "pool",
    "RESHAPE": "flat",
    "FULLY_CONNECTED": "scores",
    "SOFTMAX": "label",
}


def rename(model: bytes) -> bytes:
    """The same network under short names, without the converter's own notes.

    Raises:
        ValueError: an operator is not one that ``network.build`` makes.
    """
    from tensorflow.lite.tools import flatbuffer_utils

    tree = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    graph = tree.subgraphs[0]
    graph.name = b"kws"
    tree.description = b"simgate keyword spotter"
    _name(graph, graph.inputs[0], "features")
    kinds = [
        flatbuffer_utils.opcode_to_name(tree, operator.opcodeIndex) for operator in graph.operators
    ]
    for operator, name in zip(graph.operators, layer_names(kinds), strict=True):
        _name(graph, operator.outputs[0], name)
        for tensor, part in zip(list(operator.inputs)[1:], ("weights", "bias"), strict=False):
            _name(graph, tensor, f"{name}/{part}")
    tree.signatureDefs = []
    return bytes(flatbuffer_utils.convert_object_to_bytearray(tree))


def layer_names(kinds: list[str]) -> list[str]:
    """A name for each operator of the chain, by its kind and place."""
    names, block = [], 0
    for place, kind in enumerate(kinds):
        if kind == "DEPTHWISE_CONV_2D":
            block += 1
            names.append(f"block{block}_depth")
        elif kind == "CONV_2D":
            names.append(f"block{block}_point" if block else "stem")
        elif kind in _CHAIN_ENDS:
            names.append(_CHAIN_ENDS[kind])
        else:
            raise ValueError(f"operator {place} is {kind}, which the network does not have")
    return names


def _name(graph: Any, tensor: int, name: str) -> None:
    if tensor >= 0:
        graph.tensors[tensor].name = name.encode()
