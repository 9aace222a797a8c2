"""What each processor makes of floating-point encodings, with its FPU on and off."""

from __future__ import annotations

import struct

import pytest

from simgate.core import Clocks, Core, StopKind, _native

CODE, RAM = 0x0800_0000, 0x2000_0000
CPACR = 0xE000_ED88

VADD_S, VADD_D = 0xEE300A81, 0xEE310B02  # VADD.F32 s0, s1, s2; VADD.F64 d0, d1, d2
VMOV_D, VLDR_D = 0xEEB00B41, 0xED900B00  # VMOV.F64 d0, d1; VLDR d0, [r0]
VSEL_S, VSEL_D = 0xFE000A81, 0xFE010B02
VRINTZ_S, VCVTA_S = 0xEEB60AE0, 0xFEBC0AE0
VADD_D16 = 0xEE710B02  # VADD.F64 d16, d1, d2: there is no d16
MRC_P15, CDP_P7 = 0xEE110F10, 0xEE010700
FINE, UNDEFINED, NO_COPROCESSOR = 0, _native.FAULT_UNDEFINED, _native.FAULT_NO_COPROCESSOR


def outcome(cpu: str, word: int, granted: bool = True) -> int:
    core = Core(cpu, Clocks.of_mips(100))
    core.map_memory(CODE, 0x100, False)
    core.map_memory(RAM, 0x100, True)
    core.store(CPACR, 4, 0xF << 20 if granted else 0)
    core.write(CODE, struct.pack("<HH", word >> 16, word & 0xFFFF))
    core.write_register("r0", RAM)
    core.write_register("pc", CODE)
    stop = core.run(core.ticks + 1)
    if stop.kind is StopKind.DEADLINE:
        return FINE
    assert stop.fault is not None
    return int(stop.fault.native_kind)


@pytest.mark.parametrize(
    ("word", "v4_single", "v5_single", "v5_double"),
    [
        (VADD_S, FINE, FINE, FINE),
        (VADD_D, UNDEFINED, UNDEFINED, FINE),
        (VMOV_D, UNDEFINED, UNDEFINED, FINE),
        (VLDR_D, FINE, FINE, FINE),
        (VSEL_S, UNDEFINED, FINE, FINE),
        (VSEL_D, UNDEFINED, UNDEFINED, FINE),
        (VRINTZ_S, UNDEFINED, FINE, FINE),
        (VCVTA_S, UNDEFINED, FINE, FINE),
        (VADD_D16, UNDEFINED, UNDEFINED, UNDEFINED),
        (MRC_P15, NO_COPROCESSOR, NO_COPROCESSOR, NO_COPROCESSOR),
        (CDP_P7, NO_COPROCESSOR, NO_COPROCESSOR, NO_COPROCESSOR),
    ],
    ids=hex,
)
def test_extension(word: int, v4_single: int, v5_single: int, v5_double: int) -> None:
    assert outcome("cortex-m4f", word) == v4_single
    assert outcome("cortex-m7-sp", word) == v5_single
    assert outcome("cortex-m7", word) == v5_double
    for without in ("cortex-m4", "cortex-m7-nofpu"):
        assert outcome(without, word) == NO_COPROCESSOR


@pytest.mark.parametrize("word", [VADD_S, VADD_D, VSEL_D, VADD_D16, VLDR_D], ids=hex)
@pytest.mark.parametrize("cpu", ["cortex-m4f", "cortex-m7-sp", "cortex-m7"])
def test_access_is_refused_before_an_encoding_is_looked_at(cpu: str, word: int) -> None:
    assert outcome(cpu, word, granted=False) == NO_COPROCESSOR
