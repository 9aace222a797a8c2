"""The table of layers as C: rows of ``struct nn_layer_row`` (``firmware/nn/nn_layer_row.h``)."""

from __future__ import annotations

from simgate.model.c_text import c_float, c_string
from simgate.model.graph import Tensor
from simgate.model.program import Program

_OPERATOR_BYTES = 28
_NAME_BYTES = 96


def _row(program: Program, prefix: str, tensor: Tensor, operator: tuple[str, str, int, int]) -> str:
    index, name, start, end = operator
    quantisation = tensor.quantisation
    scale = c_float(quantisation.scale) if quantisation else "0.0f"
    zero_point = quantisation.zero_point if quantisation else 0
    shape = ", ".join(map(str, tensor.shape)) or "0"
    return (
        "    {\n"
        "        .magic = NN_LAYER_ROW_MAGIC,\n"
        f"        .operator_index = {index},\n"
        f"        .tensor_index = {tensor.index},\n"
        f"        .output = AT({program.storage.tensors[tensor.index]}),\n"
        f"        .output_size = {tensor.size_bytes},\n"
        f"        .code_start = {prefix}_at_{start},\n"
        f"        .code_end = {prefix}_at_{end},\n"
        f"        .type = {tensor.type_code}, /* {tensor.type_name} */\n"
        f"        .rank = {len(tensor.shape)},\n"
        f"        .shape = {{{shape}}},\n"
        f"        .scale = {scale},\n"
        f"        .zero_point = {zero_point},\n"
        f"        .operator_name = {c_string(name, _OPERATOR_BYTES - 1)},\n"
        f"        .name = {c_string(tensor.name, _NAME_BYTES - 1)},\n"
        "    },\n"
    )


def layer_table(program: Program, prefix: str) -> str:
    """Declarations of the labels, and the table; nothing where pointers are not 32 bits wide."""
    labels = sorted({0, *program.boundaries})
    text = "#if NN_LAYER_TABLE\n\n"
    text += "".join(f"extern const char {prefix}_at_{label}[];\n" for label in labels)
    text += (
        f'\n__attribute__((section(".simgate.layers"), used)) static const struct nn_layer_row\n'
        f"    {prefix}_layers[{len(program.lowered) + 1}] = {{\n"
    )
    text += _row(program, prefix, program.input, ("NN_LAYER_ROW_INPUT", "INPUT", 0, 0))
    start = 0
    for operator, end in zip(program.model.operators, program.boundaries, strict=True):
        tensor = program.model.tensors[operator.outputs[0]]
        text += _row(program, prefix, tensor, (str(operator.index), operator.name, start, end))
        start = end
    return text + "};\n\n#endif\n"
