"""The registers of a timer: where they lie, their bits, which of them each kind of timer has.

RM0090, 17.4.21, 18.4.21, 19.4.14, 20.4.9, and their like in RM0385, RM0440 and RM0433.
"""

from __future__ import annotations

from simgate.peripheral.register_block import Register
from simgate.peripheral.timer.timer_kind import TimerKind

CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2 = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14, 0x18, 0x1C
CCER, CNT, PSC, ARR, RCR = 0x20, 0x24, 0x28, 0x2C, 0x30
CCR1, CCR2, CCR3, CCR4, BDTR = 0x34, 0x38, 0x3C, 0x40, 0x44

CEN, UDIS, URS, OPM, DIR, ARPE, UIFREMAP, DITHEN = (1 << bit for bit in (0, 1, 2, 3, 4, 7, 11, 12))
UIF, COMIF, TIF, BIF = 1 << 0, 1 << 5, 1 << 6, 1 << 7
UDE, COMDE, TDE = 1 << 8, 1 << 13, 1 << 14
CCDS = 1 << 3  # CR2
BKE, AOE, MOE = 1 << 12, 1 << 14, 1 << 15  # BDTR


def register_table(kind: TimerKind, limit: int) -> tuple[Register, ...]:
    """The registers of one timer.

    Args:
        kind: what it has.
        limit: of ARR after a reset; above 0xFFFF the timer has 32 bits.
    """
    offsets = kind.offsets
    wide = 0xFFFFFFFF if limit > 0xFFFF else 0xFFFF
    table = [
        Register(CR1, "CR1", 0, _writable_cr1(kind)),
        Register(DIER, "DIER", 0, _writable_dier(kind)),
        Register(SR, "SR", 0),
        Register(EGR, "EGR", 0),
        Register(CNT, "CNT", 0, wide),
        Register(PSC, "PSC", 0, 0xFFFF),
        Register(ARR, "ARR", limit, wide),
    ]
    if _writable_cr2(kind):
        table.append(Register(CR2, "CR2", 0, _writable_cr2(kind)))
    if kind.slave:
        table.append(Register(SMCR, "SMCR", 0, _writable_smcr(kind)))
    if kind.repetition:
        table.append(Register(RCR, "RCR", 0, (1 << kind.repetition) - 1))
    if kind.channels:
        modes = 0xFFFF if kind.channels > 1 else 0x00FF
        fourth = 0 if not kind.newer else 0x0101_0000 if kind.channels > 1 else 0x0001_0000
        table.append(Register(CCMR1, "CCMR1", 0, modes | fourth))
        table.append(Register(CCER, "CCER", 0, _writable_ccer(kind)))
        if kind.channels > 2:
            table.append(Register(CCMR2, "CCMR2", 0, modes | fourth))
        for index in range(min(kind.channels, 4)):
            table.append(Register(CCR1 + 4 * index, f"CCR{index + 1}", 0, wide))
    if kind.channels > 4:
        assert offsets.ccmr3 and offsets.ccr5 and offsets.ccr6
        table.append(Register(offsets.ccmr3, "CCMR3", 0, 0x0101_FCFC))
        table.append(Register(offsets.ccr5, "CCR5", 0, 0xE000FFFF))
        table.append(Register(offsets.ccr6, "CCR6", 0, 0xFFFF))
    if kind.break_gate:
        table.append(Register(BDTR, "BDTR", 0, _writable_bdtr(kind)))
    if kind.requests and kind.channels:
        table.append(Register(offsets.dcr, "DCR", 0, 0x1F1F))
        table.append(Register(offsets.dmar, "DMAR", 0))
    if kind.channels:
        table += [Register(*option) for option in offsets.options]
    return tuple(table)


def _writable_cr1(kind: TimerKind) -> int:
    """CEN, UDIS, URS, OPM, ARPE; DIR and CMS; CKD; UIFREMAP; DITHEN."""
    mask = 0x008F
    if not kind.basic:
        mask |= 0x0300
    if kind.centre:
        mask |= 0x0070
    if kind.newer:
        mask |= 0x0800
    if kind.family == "g4":
        mask |= 0x1000
    return mask


def _writable_cr2(kind: TimerKind) -> int:
    """MMS, CCDS, TI1S; CCPC, CCUS, idle states; MMS2."""
    mask = 0x0070 if kind.master else 0
    if kind.basic or (kind.channels <= 2 and not kind.break_gate):
        return mask | (0x0080 if kind.channels == 2 and kind.family == "h7" else 0)
    if kind.advanced:
        mask |= 0x7F8D
        if kind.newer:
            mask |= 0x00F5_0000
    elif kind.break_gate:
        mask |= 0x070D | (0x0080 if kind.channels == 2 else 0)
    else:
        mask |= 0x0088
    return mask | (0x0200_0000 if kind.family == "g4" and kind.centre else 0)


def _writable_smcr(kind: TimerKind) -> int:
    """SMS, TS, MSM; external trigger."""
    mask = 0xFFF7 if kind.channels >= 4 else 0x00F7
    if kind.newer:
        mask |= 0x1_0000 | (8 if kind.channels >= 4 else 0)
    if kind.family in ("g4", "h7"):
        mask |= 0x30_0000
    return mask | (0x0300_0000 if kind.family == "g4" and kind.centre else 0)


def _writable_dier(kind: TimerKind) -> int:
    """Interrupt enables in the low byte, DMA request enables above it."""
    if kind.basic:
        return 0x0101
    own = min(kind.channels, 4)
    channels = ((1 << own) - 1) << 1
    mask = 1 | channels | (0x40 if kind.slave else 0)
    if kind.requests:
        mask |= 0x0100 | channels << 8 | (0x4000 if kind.slave else 0)
    if kind.break_gate:
        mask |= 0x20A0
    return mask


def _writable_ccer(kind: TimerKind) -> int:
    """CCxE, CCxP, CCxNE, CCxNP."""
    if kind.advanced:
        return 0x0033_BFFF if kind.newer else 0x3FFF
    if kind.break_gate:
        return 0x00BF if kind.channels == 2 else 0x000F
    return {4: 0xBBBB, 2: 0x00BB, 1: 0x000B}[kind.channels]


def _writable_bdtr(kind: TimerKind) -> int:
    """Break, dead time, LOCK; filters and a second break in newer families."""
    if kind.family == "f4":
        return 0xFFFF
    second = 0x03F0_0000 if kind.advanced else 0
    arming = (0x3C00_0000 if kind.advanced else 0x1400_0000) if kind.family == "g4" else 0
    return 0xF_FFFF | second | arming
