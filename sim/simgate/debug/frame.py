"""The frame that exception entry pushes, and the EXC_RETURN that says which one it is.

Layout: DDI 0403E.e, B1.5.6 (basic: 8 words) and B1.5.7 (extended: 26 words); EXC_RETURN: B1.5.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simgate.debug.memory import Memory

CORE_NAMES = ("r0", "r1", "r2", "r3", "r12", "lr", "pc", "xpsr")
FP_NAMES = (*(f"s{number}" for number in range(16)), "fpscr")
BASIC_BYTES, EXTENDED_BYTES = 0x20, 0x68
_ALIGNED = 1 << 9  # of the stacked xPSR: one word was left out to align the frame to 8 bytes
_EXC_RETURN = 0xFFFFFFE0
_BASIC_FLAG, _THREAD_FLAG, _PROCESS_FLAG = 1 << 4, 1 << 3, 1 << 2


@dataclass(frozen=True, slots=True)
class StackedFrame:
    """What was pushed when an exception was entered."""

    address: int  # of its lowest word
    registers: dict[str, int]  # r0 to r3, r12, lr, pc, xpsr; with floating point s0 to s15, fpscr
    extended: bool  # with floating point
    process_stack: bool  # pushed to PSP's stack, not to MSP's
    sp: int  # what SP was before it was pushed
    read_back: bool = True  # from memory; False: what entry would push, for it never came to that


def is_exc_return(value: int) -> bool:
    """`value` in LR means return from an exception."""
    return value & _EXC_RETURN == _EXC_RETURN and value != 0xFFFFFFFF


def describe_exc_return(value: int) -> str:
    """In words: "to Thread mode, process stack, basic frame"."""
    mode = "Thread mode" if value & _THREAD_FLAG else "Handler mode"
    stack = "process stack" if value & _PROCESS_FLAG else "main stack"
    kind = "basic frame" if value & _BASIC_FLAG else "extended frame"
    return f"to {mode}, {stack}, {kind}"


def uses_process_stack(exc_return: int) -> bool:
    """The frame lies on PSP's stack."""
    return bool(exc_return & _PROCESS_FLAG)


def read_frame(memory: Memory, address: int, exc_return: int) -> StackedFrame | None:
    """The frame at `address`; None where there is no memory."""
    extended = not exc_return & _BASIC_FLAG
    size = EXTENDED_BYTES if extended else BASIC_BYTES
    data = memory.read(address, size)
    if data is None:
        return None
    words = [int.from_bytes(data[at : at + 4], "little") for at in range(0, size, 4)]
    names = CORE_NAMES + (FP_NAMES if extended else ())
    registers = dict(zip(names, words, strict=False))
    return StackedFrame(
        address=address,
        registers=registers,
        extended=extended,
        process_stack=uses_process_stack(exc_return),
        sp=address + size + (4 if registers["xpsr"] & _ALIGNED else 0),
    )


def frame_to_be(registers: Mapping[str, int]) -> StackedFrame | None:
    """The frame that entry would push for this state (CCR.STKALIGN set, as on Cortex-M4 and M7).

    None where the registers are not all known.
    """
    if any(name not in registers for name in (*CORE_NAMES, "sp")):
        return None
    extended = bool(registers.get("control", 0) & 4)  # CONTROL.FPCA
    sp = registers["sp"]
    address = sp - (EXTENDED_BYTES if extended else BASIC_BYTES)
    aligned = address & 4
    address = (address & ~4) & 0xFFFFFFFF
    names = CORE_NAMES + (FP_NAMES if extended else ())
    values = {name: registers.get(name, 0) for name in names}
    values["xpsr"] = values["xpsr"] & ~_ALIGNED | (_ALIGNED if aligned else 0)
    in_handler = bool(registers["xpsr"] & 0x1FF)
    process_stack = not in_handler and bool(registers.get("control", 0) & 2)
    return StackedFrame(address, values, extended, process_stack, sp, read_back=False)
