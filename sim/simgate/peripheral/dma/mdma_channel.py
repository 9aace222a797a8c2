"""One channel of H7's MDMA (RM0433, 14.3 and 14.5).

A request moves a buffer (TLEN + 1 bytes), a block, all repeated blocks, or the whole linked list
(TRGM). It takes virtual time: `BEAT_TICKS` an access of the wider side; memory, flags and the
address registers change at the end of each buffer or block. SBUS and DBUS say which bus reaches an
address: the tightly coupled memories through the processor's AHB slave port, all else through AXI.

Not modelled: SBURST and DBURST (they change the time only), priorities (each channel is served by
itself), TELD and TEMD beyond the error itself.
"""

from __future__ import annotations

from collections.abc import Callable

from simgate.errors import EngineError
from simgate.peripheral.dma.mdma_arithmetic import exchange, repack
from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.host import BusRefusal, Handle, Host
from simgate.peripheral.wire import Wire

ISR, IFCR, ESR, CR, TCR, BNDTR = 0x00, 0x04, 0x08, 0x0C, 0x10, 0x14
SAR, DAR, BRUR, LAR, TBR, MAR, MDR = 0x18, 0x1C, 0x20, 0x24, 0x28, 0x30, 0x34
_LINKED = (TCR, BNDTR, SAR, DAR, BRUR, LAR, TBR, None, MAR, MDR)  # words of a node
_SETTINGS = frozenset({TCR, BNDTR, SAR, DAR, BRUR, LAR, TBR, MAR, MDR})
# CxISR (14.5.2); the enables are one bit left of these in CxCR
TEIF, CTCIF, BRTIF, BTIF, TCIF = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 4
_FLAGS = 0x1F
_CRQA = 1 << 16
# CxESR (14.5.4)
_TED, _TELD, _ASE, _BSE = 1 << 7, 1 << 8, 1 << 10, 1 << 11
# CxCR (14.5.5)
EN, SWRQ = 1 << 0, 1 << 16
_CR_STORED = 0x70FF
_CR_FREE = EN  # the rest is protected while EN is 1
# CxTCR (14.5.6)
_PKE, _SWRM = 1 << 25, 1 << 30
_BUFFER, _BLOCK, _REPEATED, _WHOLE = 0, 1, 2, 3
_BRSUM, _BRDUM = 1 << 18, 1 << 19


class MdmaChannel:
    """The registers of one channel and what it moves.

    Args:
        label: "mdma channel 0", for people.
        host: time and bus.
        trigger: the line that CxTBR.TSEL selects, or None.
        changed: called when flags or enables changed.
    """

    def __init__(
        self,
        label: str,
        host: Host,
        trigger: Callable[[int], Wire | None],
        changed: Callable[[], None],
    ) -> None:
        self.label = label
        self.notes: dict[str, None] = {}
        self._host = host
        self._trigger = trigger
        self._changed = changed
        self._line: Wire | None = None
        self._planned: Handle | None = None
        self.reset()

    def reset(self) -> None:
        """To the state after power-on."""
        self._stop()
        self.registers = dict.fromkeys(_SETTINGS, 0)
        self.flags = self.cr = self._error = 0
        self._programmed = 0  # bytes of a block
        self.moved = 0  # bytes since EN was set

    # ---- registers ----

    @property
    def interrupt(self) -> bool:
        """Whether a flag is set whose interrupt is enabled."""
        return bool(self.flags & self.cr >> 1 & _FLAGS)

    @property
    def waits(self) -> bool:
        """Enabled for a trigger that has never come."""
        return bool(self.cr & EN) and not self.moved and self._planned is None

    def read(self, offset: int) -> int:
        """A register's value."""
        if offset == ISR:
            return self.flags | (_CRQA if self._planned is not None else 0)
        if offset == ESR:
            return self._error
        if offset == CR:
            return self.cr
        return self.registers.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """A store of a word."""
        if offset == IFCR:
            self.flags &= ~(value & _FLAGS)
            if value & TEIF:
                self._error = 0
        elif offset == CR:
            self._write_cr(value)
        elif offset in _SETTINGS:
            if self.cr & EN:
                self._note("was set up anew while EN is 1: silicon ignores that")
                return
            self.registers[offset] = value
            if offset == BNDTR:
                self._programmed = value & 0x1FFFF
        self._changed()

    def _write_cr(self, value: int) -> None:
        old = self.cr
        self.cr = value & _CR_STORED
        if self.cr & EN and not old & EN:
            self._start()
        elif old & EN and not self.cr & EN:
            self._stop()
        if value & SWRQ and self.cr & EN and self.registers[TCR] & _SWRM:
            self._request()

    def _note(self, text: str) -> None:
        self.notes.setdefault(f"{self.label}: {text}")

    # ---- requests ----

    def _start(self) -> None:
        self.moved = 0
        self._begin_node()

    def _begin_node(self) -> None:
        """The settings are new: check them, and listen to their trigger."""
        self._stop_listening()
        tcr = self.registers[TCR]
        source, target = self._widths()
        size = self._programmed
        if self._programmed % source or (tcr & _PKE and self._programmed % target) or not size:
            self._fail(_BSE, f"a block of {size} bytes does not consist of whole items")
            return
        if self.registers[SAR] % source or self.registers[DAR] % target:
            self._fail(_ASE, "an address is no multiple of the size of its accesses")
            return
        if not tcr & _SWRM:
            self._line = self._trigger(self.registers[TBR] & 0x3F)
            if self._line is not None:
                self._line.sinks.append(self._on_trigger)
                if self._line.level:
                    self._request()

    def _stop_listening(self) -> None:
        if self._line is not None:
            self._line.sinks.remove(self._on_trigger)
            self._line = None

    def _on_trigger(self, level: bool) -> None:
        if level:
            self._request()

    def _request(self) -> None:
        if self._planned is None:
            self._plan()

    def _plan(self) -> None:
        """The next buffer or block is due when its accesses have had their time."""
        width = max(self._widths())
        beats = -(-self._step_size() // width)
        self._planned = self._host.at_tick(self._host.ticks() + beats * BEAT_TICKS, self._move)

    def _stop(self) -> None:
        self._stop_listening()
        if self._planned is not None:
            self._host.cancel(self._planned)
            self._planned = None

    # ---- the transfer ----

    def _widths(self) -> tuple[int, int]:
        tcr = self.registers[TCR]
        return 1 << (tcr >> 4 & 3), 1 << (tcr >> 6 & 3)

    def _step_size(self) -> int:
        """Bytes of the next step: a buffer, or the rest of the block."""
        left = self.registers[BNDTR] & 0x1FFFF
        tcr = self.registers[TCR]
        if tcr >> 28 & 3 == _BUFFER:
            return min(left, (tcr >> 18 & 0x7F) + 1)
        return left

    def _move(self) -> None:
        """One step is done."""
        self._planned = None
        size = self._step_size()
        try:
            self._copy(size)
        except EngineError as error:
            self._fail(self._error, error.message)
            self._changed()
            return
        self.moved += size
        self.flags |= TCIF
        left = (self.registers[BNDTR] & 0x1FFFF) - size
        self.registers[BNDTR] = self.registers[BNDTR] & ~0x1FFFF | left
        scope = self.registers[TCR] >> 28 & 3
        served = scope == _BUFFER
        if not left:
            served = self._end_block(scope) or served
        if self.cr & EN:
            if not served:
                self._plan()
            else:
                self._acknowledge()
        self._changed()

    def _end_block(self, scope: int) -> bool:
        """A block is done; whether that ends what the request asked for."""
        self.flags |= BTIF
        registers = self.registers
        repeats = registers[BNDTR] >> 20
        if repeats:
            update = registers[BRUR]
            for register, bit, amount in (
                (SAR, _BRSUM, update & 0xFFFF),
                (DAR, _BRDUM, update >> 16),
            ):
                sign = -1 if registers[BNDTR] & bit else 1
                registers[register] = registers[register] + sign * amount & 0xFFFFFFFF
            registers[BNDTR] = (
                repeats - 1 << 20 | registers[BNDTR] & (_BRSUM | _BRDUM) | self._programmed
            )
            return scope <= _BLOCK
        self.flags |= BRTIF
        if registers[LAR]:
            acknowledge = (registers[MAR], registers[MDR])
            self._load_node(registers[LAR])
            if scope != _WHOLE and acknowledge[0] and self.cr & EN:
                self._clear_source(*acknowledge)
            return scope != _WHOLE
        self.flags |= CTCIF
        self._acknowledge()
        self._stop()
        self.cr &= ~EN
        return True

    def _load_node(self, address: int) -> None:
        """The next node of the linked list (14.3.9)."""
        try:
            node = self._read(address, 4 * len(_LINKED), bool(self.registers[TBR] >> 16 & 1))
        except EngineError as error:
            self._fail(_TELD, f"the linked list at 0x{address:08x}: {error.message}")
            return
        for index, register in enumerate(_LINKED):
            if register is not None:
                word = int.from_bytes(node[4 * index : 4 * index + 4], "little")
                self.registers[register] = word
        self._programmed = self.registers[BNDTR] & 0x1FFFF
        self._begin_node()

    def _acknowledge(self) -> None:
        """CxMDR to CxMAR clears the trigger at its source; a line still high asks again."""
        if self.registers[MAR] and not self.registers[TCR] & _SWRM:
            self._clear_source(self.registers[MAR], self.registers[MDR])
        if self.cr & EN and self._line is not None and self._line.level:
            if not self.registers[MAR]:
                self._note("CxMAR is 0 and the trigger stays high: it asks again and again")
            self._request()

    def _clear_source(self, address: int, value: int) -> None:
        try:
            self._host.bus_write(address, 4, value)
        except EngineError as error:
            self._note(f"CxMAR: {error.message}")

    def _fail(self, error: int, text: str) -> None:
        self._note(f"transfer error: {text}")
        self.flags |= TEIF
        self._error = error
        self._stop()
        self.cr &= ~EN

    def _copy(self, size: int) -> None:
        tcr, tbr = self.registers[TCR], self.registers[TBR]
        source, target = self._widths()
        source_step = _step(tcr, 0, 8)
        target_step = _step(tcr, 2, 10)
        source_tcm, target_tcm = bool(tbr >> 16 & 1), bool(tbr >> 17 & 1)
        address = self.registers[SAR]
        self._error = address & 0x7F
        if not source_tcm and source_step > 0:
            span = (size // source - 1) * source_step + source
            self._host.note_transfer(self.label, address, span, False)
        data = self._gather(address, source, source_step, size // source, source_tcm)
        for bit, part in ((12, 1), (13, 2), (14, 4)):
            if self.cr >> bit & 1 and source >= 2 * part:
                data = exchange(data, part)
        if source != target and not tcr & _PKE:
            data = repack(data, source, target, tcr >> 26 & 3)
        self.registers[SAR] = address + size // source * source_step & 0xFFFFFFFF
        address = self.registers[DAR]
        self._error = address & 0x7F | _TED
        if not target_tcm and target_step > 0:
            span = (-(-len(data) // target) - 1) * target_step + target
            self._host.note_transfer(self.label, address, span, True)
        self._scatter(address, target, target_step, data, target_tcm)
        self.registers[DAR] = address + -(-len(data) // target) * target_step & 0xFFFFFFFF
        self._error = 0

    def _gather(self, address: int, width: int, step: int, count: int, tcm: bool) -> bytes:
        if step == width:
            try:
                return self._read(address, width * count, tcm)
            except BusRefusal:
                pass  # registers, or the end of a memory: one by one shows which
        data = bytearray()
        for _ in range(count):
            data += self._read(address, width, tcm)
            address = address + step & 0xFFFFFFFF
        return bytes(data)

    def _scatter(self, address: int, width: int, step: int, data: bytes, tcm: bool) -> None:
        data += bytes(-len(data) % width)
        if step == width:
            try:
                self._write(address, data, tcm)
                return
            except BusRefusal:
                pass
        for start in range(0, len(data), width):
            self._write(address, data[start : start + width], tcm)
            address = address + step & 0xFFFFFFFF

    def _read(self, address: int, size: int, tcm: bool) -> bytes:
        host = self._host
        if tcm:
            return host.tcm_read(address, size)
        if size in (1, 2, 4):
            return host.bus_read(address, size).to_bytes(size, "little")
        if size == 8:
            return self._read(address, 4, False) + self._read(address + 4, 4, False)
        return host.bus_read_block(address, size)

    def _write(self, address: int, data: bytes, tcm: bool) -> None:
        host, size = self._host, len(data)
        if tcm:
            host.tcm_write(address, data)
        elif size in (1, 2, 4):
            host.bus_write(address, size, int.from_bytes(data, "little"))
        elif size == 8:
            self._write(address, data[:4], False)
            self._write(address + 4, data[4:], False)
        else:
            host.bus_write_block(address, data)


def _step(tcr: int, mode_shift: int, offset_shift: int) -> int:
    """SINC and SINCOS, or DINC and DINCOS: bytes from one access to the next."""
    amount: int = 1 << (tcr >> offset_shift & 3)
    return (0, 0, amount, -amount)[tcr >> mode_shift & 3]
