"""What the processor reads of a peripheral is what its model would answer, mirrored or not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.core import Clocks, Core
from simgate.engine.strict.chip import Chip
from simgate.engine.strict.clock import Clock
from simgate.peripheral.reset_cause import ResetCause
from simgate.platform import PlatformDescription, describe

BASE = 0x4002_3800
REPL = f"""
rcc: Miscellaneous.STM32F4_RCC @ sysbus 0x{BASE:08x}
"""


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> PlatformDescription:
    path: Path = tmp_path_factory.mktemp("platform") / "rcc.repl"
    path.write_text(REPL)
    return describe(path)


def chip_of(description: PlatformDescription) -> Chip:
    core = Core("cortex-m4f", Clocks.of_mips(168))
    chip = Chip(description, core, Clock(core, 168_000_000))
    chip.reset()
    return chip


@settings(max_examples=60, deadline=None)
@given(
    writes=st.lists(
        st.tuples(
            st.integers(0, 0x24),
            st.sampled_from([(1, 0), (1, 3), (2, 2), (4, 0)]),
            st.integers(0, 2**32 - 1),
        ),
        max_size=12,
    )
)
def test_mirrored_registers_never_lag(description, writes):
    chip = chip_of(description)
    model = chip.models["rcc"]
    for word, (width, lane), value in writes:
        chip.core.store(BASE + 4 * word + lane, width, value & ((1 << 8 * width) - 1))
        for offset in range(0, 0x90, 4):
            assert chip.core.load(BASE + offset, 4) == model.read(offset, 4)
    chip.system_reset(ResetCause.SOFTWARE)
    for offset in range(0, 0x90, 4):
        assert chip.core.load(BASE + offset, 4) == model.read(offset, 4)


def test_without_its_clock_a_peripheral_answers_0_and_loses_writes(description):
    chip = chip_of(description)
    before = chip.core.load(BASE + 4, 4)
    assert before != 0
    chip.host.gate("rcc", False)
    assert chip.core.load(BASE + 4, 4) == 0
    chip.core.store(BASE + 8, 4, 0x10)
    chip.host.gate("rcc", True)
    assert chip.core.load(BASE + 4, 4) == before
    assert chip.core.load(BASE + 8, 4) == 0
    assert len(chip.host.remarks) == 2
    assert all("rcc" in remark and "clock is off" in remark for remark in chip.host.remarks)
