"""The processors that the strict core can be."""

from __future__ import annotations

from dataclasses import dataclass

_KIB = 1024


@dataclass(frozen=True, slots=True)
class Processor:
    """One Armv7E-M processor, as its vendor may have configured it.

    Attributes:
        name: as Renode and ``.repl`` files call it.
        cpuid: what CPUID reads as.
        fpu: 0 none, 1 FPv4-SP, 2 FPv5 single precision, 3 FPv5 with double precision.
        cache_bytes: of the instruction cache and of the data cache, each; 0 for none.
        itcm_bytes, dtcm_bytes: what ITCMCR and DTCMCR tell; the memories are the platform's.
    """

    name: str
    cpuid: int
    fpu: int
    cache_bytes: int = 0
    itcm_bytes: int = 0
    dtcm_bytes: int = 0


_M4 = 0x410F_C241  # r0p1: STM32F4 and G4
_M7 = 0x411F_C271  # r1p1: STM32H743
_M7_FIRST = 0x410F_C271  # r0p1: STM32F74x and F75x

PROCESSORS = {
    processor.name: processor
    for processor in (
        Processor("cortex-m4", _M4, 0),
        Processor("cortex-m4f", _M4, 1),
        Processor("cortex-m7", _M7, 3, 16 * _KIB, 64 * _KIB, 128 * _KIB),
        Processor("cortex-m7-sp", _M7_FIRST, 2, 4 * _KIB, 16 * _KIB, 64 * _KIB),
        Processor("cortex-m7-nofpu", _M7, 0, 16 * _KIB, 64 * _KIB, 128 * _KIB),
    )
}
