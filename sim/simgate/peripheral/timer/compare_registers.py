"""The registers of a timer's channels: CCMRx, CCER, CCRx (RM0090, 17.4.7 to 17.4.9, 17.4.13)."""

from __future__ import annotations

from collections.abc import Callable

from simgate.peripheral.timer.timer_body import TimerBody
from simgate.peripheral.timer.timer_registers import CCER, CCMR1, CCMR2, CCR1
from simgate.peripheral.timer.trigger_input import TriggerInput

_MODES_MODELLED = 8  # of compare


class CompareRegisters:
    """What loads and stores of them do.

    Args:
        timer: whose channels they are.
        trigger: hears which channel captures at the trigger input.
        bits: of the counter.

    Attributes:
        readers: what a load does, by offset.
        writers: what a store does: value, mask.
    """

    def __init__(self, timer: TimerBody, trigger: TriggerInput, bits: int) -> None:
        self._timer, self._trigger = timer, trigger
        self._widest = (1 << bits) - 1
        self.readers: dict[int, Callable[[], int]] = {}
        self.writers: dict[int, Callable[[int, int], None]] = {}
        offsets, channels = timer.kind.offsets, timer.kind.channels
        if channels:
            self.writers |= {CCMR1: self._mode_writer(CCMR1, 0), CCER: self._write_ccer}
        if channels > 2:
            self.writers[CCMR2] = self._mode_writer(CCMR2, 2)
        if channels > 4 and offsets.ccmr3 is not None:
            self.writers[offsets.ccmr3] = self._write_ccmr3
        places = (*(CCR1 + 4 * index for index in range(4)), offsets.ccr5, offsets.ccr6)
        for index, offset in enumerate(places[:channels]):
            assert offset is not None
            self.readers[offset] = self._value_reader(index)
            self.writers[offset] = self._value_writer(index, offset)

    def _mode_writer(self, offset: int, first: int) -> Callable[[int, int], None]:
        """Of CCMR1 or CCMR2, whose lower byte is channel `first`."""
        shifts = {first: 0, first + 1: 8}

        def write(value: int, mask: int) -> None:
            channels = self._timer.course.channels
            own = [(index, shift) for index, shift in shifts.items() if index < len(channels)]
            for index, shift in own:
                if channels[index].enabled:
                    mask &= ~(3 << shift)  # CCxS only while the channel is off
            after = self._timer.store(offset, value, mask)
            for index, shift in own:
                self._configure(index, after >> shift & 0xFF, after >> 16 + shift & 1)
            self._trigger.configure(self._timer.word("SMCR"))

        return write

    def _write_ccmr3(self, value: int, mask: int) -> None:
        offset = self._timer.kind.offsets.ccmr3
        assert offset is not None
        after = self._timer.store(offset, value, mask)
        self._configure(4, after & 0xFC, after >> 16 & 1)
        self._configure(5, after >> 8 & 0xFC, after >> 24 & 1)

    def _configure(self, index: int, bits: int, fourth: int) -> None:
        timer = self._timer
        channel = timer.course.channels[index]
        channel.configure(bits, fourth)
        if channel.mode >= _MODES_MODELLED and not channel.selection:
            timer.host.remark(
                f"{timer.name}: compare mode {channel.mode} of channel {index + 1} is not modelled"
            )

    def _write_ccer(self, value: int, mask: int) -> None:
        after = self._timer.store(CCER, value, mask)
        for index, channel in enumerate(self._timer.course.channels):
            channel.enable(after >> 4 * index & 0xF)

    def _value_reader(self, index: int) -> Callable[[], int]:
        timer, register = self._timer, f"CCR{index + 1}"

        def read() -> int:
            if index < 4 and timer.course.channels[index].selection:
                timer.sync()
                value = timer.value(register)
                timer.lower(2 << index)  # reading a capture takes its flag away
                timer.settle()
                return value
            return timer.value(register)

        return read

    def _value_writer(self, index: int, offset: int) -> Callable[[int, int], None]:
        timer = self._timer

        def write(value: int, mask: int) -> None:
            channel = timer.course.channels[index]
            if channel.selection:
                return  # a capture is read-only
            channel.preload = timer.store(offset, value, mask) & self._widest
            if not channel.preloaded:
                channel.compare = channel.preload

        return write
