"""No sequence of accesses breaks a model: values fit, and a refusal is a refusal."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.peripheral.base import Peripheral, PeripheralError
from simgate.peripheral.registry import find_model, known_models


def has_registers(type_name: str) -> bool:
    model = find_model(type_name)
    return issubclass(model, Peripheral) and type_name != "Miscellaneous.CombinedInput"


WITH_REGISTERS = [name for name in known_models() if has_registers(name)]
ACCESSES = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 0x2F),  # words of the window, a few reserved ones among them
        st.sampled_from([(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 2), (4, 0)]),
        st.integers(0, 2**32 - 1),
    ),
    max_size=40,
)


@pytest.mark.parametrize("type_name", WITH_REGISTERS)
@settings(max_examples=25, deadline=None)
@given(accesses=ACCESSES)
def test_any_accesses(quiet_host, type_name, accesses):
    model = find_model(type_name)("unit2", {}, quiet_host())
    model.reset()
    read, write = model.region(None)
    for is_write, word, (width, lane), value in accesses:
        offset = 4 * word + lane
        if is_write:
            with contextlib.suppress(PeripheralError):
                write(offset, width, value & ((1 << 8 * width) - 1))
        else:
            assert 0 <= read(offset, width) < 1 << 8 * width
    model.reset()
    again = find_model(type_name)("unit2", {}, quiet_host())
    again.reset()
    reads = [r.region(None)[0] for r in (model, again)]
    words = [[one(offset, 4) for offset in range(0, 0x90, 4)] for one in reads]
    assert words[0] == words[1]  # reset forgets everything
