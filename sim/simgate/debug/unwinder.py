"""The chain of callers: through DWARF call frames, through exception frames, or by scanning.

Where call frame information describes a function, its caller is certain. Where it does not
(assembler sources, a stripped image, a stack that was overwritten), the stack is searched upwards
for a word that points behind a call, and the frame is marked as scanned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from simgate.debug.call_frames import LR, SP
from simgate.debug.exceptions import exception_name
from simgate.debug.frame import is_exc_return, read_frame, uses_process_stack
from simgate.debug.memory import Memory
from simgate.debug.program import Program
from simgate.debug.return_address import called_function, is_return_address
from simgate.result import SourceLocation

MAX_FRAMES = 8192
_MAX_SCANNED_BYTES = 16 << 10  # between two frames
_RESET_LR = 0xFFFFFFFF
_THUMB = 1 << 24  # EPSR.T in a stacked xPSR
_GLANCE_WORDS = 64  # in which a call of the very function outweighs a nearer return address


class Origin(StrEnum):
    """How a frame was found."""

    PC = "pc"  # it is where the processor stands
    DWARF = "dwarf"
    EXCEPTION = "exception frame"
    LINK = "link register"
    BRANCH = "branch record"
    SCANNED = "scanned"


@dataclass(frozen=True, slots=True)
class Frame:
    """One function that has not returned."""

    where: SourceLocation  # of the instruction; of a caller: behind its call, with the call's line
    sp: int
    how: Origin
    slot: int | None = None  # address of the word that led here: a return address or stacked PC
    note: str = ""  # "HardFault was taken here"


@dataclass(frozen=True, slots=True)
class Backtrace:
    """The chain, innermost first."""

    frames: tuple[Frame, ...]
    end: str  # why it ends, for people
    broken: BrokenLink | None = None  # the first return address that is none


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A return address on the stack that leads nowhere: somebody wrote over it."""

    slot: int  # its address
    value: int
    function: SourceLocation  # that would return to it


@dataclass(frozen=True, slots=True)
class _State:
    """Registers as far as they are known in one frame."""

    registers: dict[int, int]  # r0 to r14
    pc: int
    exact: bool  # pc is the instruction itself, not a return address
    psp: int
    handler: int = 0  # the exception that runs in this frame; 0: unknown or none

    @property
    def sp(self) -> int:
        return self.registers.get(SP, 0)


@dataclass(frozen=True, slots=True)
class _Step:
    """One way outwards."""

    state: _State
    how: Origin
    slot: int | None = None
    note: str = ""


class Unwinder:
    """Finds callers in one program.

    Args:
        program: what is code, and its call frames.
        memory: the stack.
        limit: frames at most.
    """

    def __init__(self, program: Program, memory: Memory, limit: int = MAX_FRAMES) -> None:
        self._program = program
        self._memory = memory
        self._limit = limit
        self._end = ""
        self._broken: BrokenLink | None = None

    def unwind(self, registers: Mapping[str, int], *, link_is_caller: bool = False) -> Backtrace:
        """The chain from a processor's state.

        Args:
            registers: r0 to r12, sp, lr, pc, xpsr and psp, as far as they are known.
            link_is_caller: LR was set by the very branch that led to PC (BL, BLX).
        """
        self._end, self._broken = "", None
        state = _start(registers)
        where = self._program.where(state.pc)
        frames = [Frame(where, state.sp, Origin.PC)]
        seen = {(state.pc, state.sp, state.handler)}
        while len(frames) < self._limit:
            step = self._outwards(state, link_is_caller and len(frames) == 1)
            if step is None:
                break
            place = (step.state.pc, step.state.sp, step.state.handler)
            if place in seen:
                self._end = "the frames go round in a circle: the stack is damaged"
                break
            seen.add(place)
            state = step.state
            locate = self._program.where if state.exact else self._program.caller
            frames.append(Frame(locate(state.pc), state.sp, step.how, step.slot, step.note))
        else:
            self._end = f"no more than {self._limit:,} frames are followed"
        return Backtrace(tuple(frames), self._end, self._broken)

    def _outwards(self, state: _State, link_is_caller: bool) -> _Step | None:
        program = self._program
        row_address = program.home(state.pc if state.exact else state.pc - 2)
        row = program.call_frames.at(row_address)
        if row is not None:
            step = self._by_dwarf(state, row_address)
            if step is not None or self._end:
                return step
        elif state.exact and (link_is_caller or self._link_is_plausible(state)):
            step = self._to(state, state.registers[LR], state.sp, None, Origin.LINK)
            if step is not None or self._end:
                return step
        return self._scan(state)

    # ---- by call frame information ----

    def _by_dwarf(self, state: _State, address: int) -> _Step | None:
        row = self._program.call_frames.at(address)
        if row is None:
            return None
        word = self._memory.word
        cfa = row.cfa(state.registers, word)
        if cfa is None or cfa < state.sp:
            return None
        registers = dict(state.registers)
        slot: int | None = None
        for number, rule in row.rules.items():
            if rule.kind == "at":
                at = (cfa + rule.argument) & 0xFFFFFFFF
                value = word(at)
                slot = at if number == LR else slot
            elif rule.kind == "value":
                value = (cfa + rule.argument) & 0xFFFFFFFF
            elif rule.kind == "register":
                value = state.registers.get(rule.argument)
            else:
                value = None
            if value is None:
                registers.pop(number, None)
            else:
                registers[number] = value
        registers[SP] = cfa
        link = registers.get(LR)
        if LR in row.rules and row.rules[LR].kind == "undefined":
            self._end = "the outermost function: call frame information says that none called it"
            return None
        if link is None or (LR not in row.rules and not state.exact):
            return None
        inner = replace(state, registers=registers)
        return self._to(inner, link, cfa, slot, Origin.DWARF)

    # ---- along a return address ----

    def _to(self, state: _State, link: int, sp: int, slot: int | None, how: Origin) -> _Step | None:
        """The step to where `link` leads; None, with or without an end, where that is nowhere."""
        if is_exc_return(link):
            return self._through_exception(state, link, sp)
        if link in (_RESET_LR, 0):
            self._end = f"the outermost function: its return address is 0x{link:08x}"
            return None
        if link & 1 and self._program.is_code(link):
            registers = {**state.registers, SP: sp}
            if how is Origin.DWARF and not is_return_address(link, self._program, self._memory):
                # a task's first return address is made by hand, and so is one that was smashed
                self._note_broken(state, slot, link)
            following = _State(registers, link & ~1, False, state.psp, state.handler)
            return _Step(following, how, slot)
        self._note_broken(state, slot, link)
        return None

    def _note_broken(self, state: _State, slot: int | None, link: int) -> None:
        if slot is not None and self._broken is None:
            self._broken = BrokenLink(slot, link, self._program.where(state.pc))

    def _through_exception(self, state: _State, exc_return: int, sp: int) -> _Step | None:
        process = uses_process_stack(exc_return)
        address = state.psp if process else sp
        frame = read_frame(self._memory, address, exc_return)
        if frame is None:
            self._end = f"the exception frame at 0x{address:08x} cannot be read"
            return None
        values = frame.registers
        if not values["xpsr"] & _THUMB:
            self._end = f"what lies at 0x{address:08x} is no exception frame"
            return None
        registers = dict(state.registers)  # r4 to r11 are what the handler's frames restored
        for number, name in ((0, "r0"), (1, "r1"), (2, "r2"), (3, "r3"), (12, "r12"), (LR, "lr")):
            registers[number] = values[name]
        registers[SP] = frame.sp
        outer = values["xpsr"] & 0x1FF
        taken = f"{exception_name(state.handler)} was taken here" if state.handler else ""
        slot = address + 24
        following = _State(registers, values["pc"] & ~1, True, state.psp, outer)
        return _Step(following, Origin.EXCEPTION, slot, taken or "an exception was taken here")

    # ---- where nothing is certain ----

    def _link_is_plausible(self, state: _State) -> bool:
        """LR leads out of the function, and behind a call: a leaf without call frames."""
        link = state.registers.get(LR)
        if link is None:
            return False
        if is_exc_return(link):
            return self._holds_frame(state, link)
        program = self._program
        if not program.is_code(state.pc) or not is_return_address(link, program, self._memory):
            return False
        start = program.function_start(state.pc)
        return start is not None and program.function_start(link & ~1) != start

    def _holds_frame(self, state: _State, exc_return: int) -> bool:
        """SP stands at an exception frame: the handler has pushed nothing."""
        address = state.psp if uses_process_stack(exc_return) else state.sp
        frame = read_frame(self._memory, address, exc_return)
        return (
            frame is not None
            and bool(frame.registers["xpsr"] & _THUMB)
            and self._program.is_code(frame.registers["pc"])
        )

    def _scan(self, state: _State) -> _Step | None:
        """The nearest word of the stack that is a return address or leads to an exception frame."""
        memory, program = self._memory, self._program
        start = (state.sp + 3) & ~3
        own = program.function_start(state.pc) if program.is_code(state.pc) else None
        first: tuple[int, int] | None = None
        for index in range(_MAX_SCANNED_BYTES // 4):
            slot = start + 4 * index
            if first is not None and (own is None or index >= _GLANCE_WORDS):
                break
            value = memory.word(slot)
            if value is None:
                break
            if is_exc_return(value):
                inner = replace(state, registers={**state.registers, SP: slot + 4})
                if first is None and self._holds_frame(inner, value):
                    return self._through_exception(inner, value, slot + 4)
            elif is_return_address(value, program, memory):
                if own is not None and called_function(value, memory) == own:
                    first = slot, value
                    break
                first = first or (slot, value)
        if first is None:
            self._end = self._end or "the stack above holds no further return address"
            return None
        slot, value = first
        registers = {SP: slot + 4}
        if 7 in state.registers:
            below = memory.word(slot - 4)  # push {r7, lr}: the frame pointer lies below LR
            registers[7] = state.registers[7] if below is None else below
        following = _State(registers, value & ~1, False, state.psp, state.handler)
        return _Step(following, Origin.SCANNED, slot)


def _start(registers: Mapping[str, int]) -> _State:
    known = {number: registers[f"r{number}"] for number in range(13) if f"r{number}" in registers}
    known[SP] = registers.get("sp", 0)
    if "lr" in registers:
        known[LR] = registers["lr"]
    handler = registers.get("xpsr", 0) & 0x1FF
    return _State(known, registers.get("pc", 0) & ~1, True, registers.get("psp", 0), handler)
