"""The table of layers in the ELF, and the labels that it points to, however GCC is asked."""

from __future__ import annotations

import struct
from itertools import pairwise

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from simgate.model import parse_model

ROW = struct.Struct("<9I6ifi28s96s")
OPTIONS = (("-O0",), ("-O2",), ("-Os",), ("-O3",), ("-O2", "-flto"))
SEED = 10  # a chain with every kind of step that this file speaks of


def _chain(builder, random_layers):
    model = random_layers.random_model(builder, "CHAIN", SEED)
    parsed = parse_model(model)
    count = parsed.tensors[parsed.inputs[0]].elements
    return model, parsed, random_layers.random_input(builder, SEED, count)


def _elf(path):
    with path.open("rb") as file:
        elf = ELFFile(file)
        section = elf.get_section_by_name(".simgate.layers")
        symbols = {s.name: s.entry for s in elf.get_section_by_name(".symtab").iter_symbols()}
        return section.data(), section["sh_flags"], symbols


def test_a_row_says_what_the_model_says(builder, random_layers, on_target):
    model, parsed, _ = _chain(builder, random_layers)

    _, path = on_target.build(model)

    data, flags, symbols = _elf(path)
    assert flags & 0x2 == 0  # SHF_ALLOC: the table is not loaded
    assert len(data) == 192 * (1 + len(parsed.operators))
    first, last = ROW.unpack_from(data), ROW.unpack_from(data, len(data) - 192)
    assert first[0] == 0x314C4753
    assert first[1] == 0xFFFFFFFF
    assert first[2] == parsed.inputs[0]
    assert first[5] == first[6] == symbols["network_at_0"]["st_value"]
    assert first[17].rstrip(b"\0") == b"INPUT"
    output = parsed.tensors[parsed.outputs[0]]
    assert last[1] == len(parsed.operators) - 1
    assert last[2] == output.index
    assert last[4] == output.size_bytes
    assert last[7] == 9  # INT8
    assert last[9 : 9 + last[8]] == output.shape
    assert last[15] == np.float32(1 / 256)
    assert last[16] == -128
    assert last[17].rstrip(b"\0") == b"SOFTMAX"
    assert last[18].rstrip(b"\0") == b"values"


def test_a_reshape_shares_its_place_with_the_layer_before(builder, random_layers, on_target):
    model, _, _ = _chain(builder, random_layers)

    _, path = on_target.build(model)

    data, *_ = _elf(path)
    rows = [ROW.unpack_from(data, start) for start in range(0, len(data), 192)]
    index = next(i for i, row in enumerate(rows) if row[17].startswith(b"RESHAPE"))
    before, reshape = rows[index - 1], rows[index]
    assert reshape[3:5] == before[3:5]  # address and size
    assert reshape[5] == reshape[6] == before[6]


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_labels_cut_the_network_into_its_layers(
    options, builder, random_layers, on_target, reference
):
    model, _, inputs = _chain(builder, random_layers)

    compiled, run = on_target(model, inputs, *options)

    _, path = on_target.build(model, *options)
    data, _, symbols = _elf(path)
    rows = [ROW.unpack_from(data, start) for start in range(0, len(data), 192)]
    invoke = symbols["network_invoke"]
    begin = invoke["st_value"] & ~1
    assert all(begin <= row[5] <= row[6] < begin + invoke["st_size"] for row in rows)
    assert all(a[6] == b[5] for a, b in pairwise(rows))
    expected = reference(model, inputs, list(run.tensors))
    for layer in compiled.layers:
        np.testing.assert_array_equal(
            run.tensors[layer.tensor_index], expected[layer.tensor_index], layer.operator
        )
