"""The receive line while a script is played on it, as a receiver samples it.

A start bit begins at a falling edge. Each bit of the word, and the stop bit, is then sampled in its
middle by the receiver's own clock (RM0090, 30.3.3; RM0440, 37.5.8): another baud rate, another
parity, another number of bits than the sender's come out as they do on silicon, as wrong characters
and framing errors. A character is there at its stop bit's sample.

A receiver that is off when a frame begins waits for the next frame's beginning, not for any edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simgate.errors import EngineError
from simgate.peripheral.host import Host
from simgate.peripheral.serial.line_format import FRAMING, NOISE, PARITY, LineFormat

if TYPE_CHECKING:
    from simgate.peripheral.serial.receiver import Receiver
    from simgate.sensor.uart_script import UartScript
    from simgate.sensor.uart_waveform import UartWaveform

_WINDOW = 0.1  # of a bit: the three samples of 16 lie around its middle


class _Owner(Protocol):
    name: str

    @property
    def receiving(self) -> bool: ...

    def line_format(self) -> LineFormat: ...

    def line_changed(self) -> None: ...


class Line:
    """One receive line."""

    def __init__(self, owner: _Owner, receiver: Receiver, host: Host) -> None:
        self._owner = owner
        self._receiver = receiver
        self._host = host
        self._wave: UartWaveform | None = None
        self._began = 0  # the script, in ticks
        self.receiving = False  # a frame

    def play(self, script: UartScript) -> None:
        """Begin now.

        Raises:
            EngineError: another script has not yet ended.
        """
        from simgate.sensor.uart_waveform import UartWaveform

        if self._wave is not None:
            raise EngineError(
                f"{self._owner.name}: a script is being played already",
                hint="Let the run go on until it has ended, or put both into one.",
            )
        self._wave = UartWaveform.of(script)
        self._began = self._host.ticks()
        self._await(self._wave.next_fall(-1.0))

    def _at(self, script_s: float) -> int:
        """The tick of a moment of the script."""
        return self._began + round(script_s * self._host.tick_hz)

    def _await(self, edge_s: float | None) -> None:
        """The next falling edge, or the end."""
        if edge_s is None:
            self._wave = None
            return
        self._host.at_tick(self._at(edge_s), lambda: self._start(edge_s))

    def _start(self, edge_s: float) -> None:
        wave = self._wave
        if wave is None:
            return
        if not self._owner.receiving:
            self._receiver.lost_while_off += 1
            self._await(wave.next_frame(edge_s))
            return
        line_format = self._owner.line_format()
        bit_s = float(line_format.bit_s)
        if wave.level(edge_s + bit_s / 2):  # a spike, no start bit
            self._await(wave.next_fall(edge_s + bit_s / 2))
            return
        self.receiving = True
        self._owner.line_changed()
        self._receiver.cancel_idle()
        sampled_s = edge_s + (line_format.word_bits + 1.5) * bit_s
        self._host.at_tick(self._at(sampled_s), lambda: self._end(wave, edge_s, line_format))

    def _end(self, wave: UartWaveform, edge_s: float, line_format: LineFormat) -> None:
        self.receiving = False
        self._owner.line_changed()
        bit_s = float(line_format.bit_s)
        word, errors, at_s = 0, 0, edge_s + 0.5 * bit_s
        window_s = _WINDOW * bit_s
        for bit in range(line_format.word_bits + 1):
            at_s += bit_s
            word |= wave.level(at_s) << bit
            if wave.noise and wave.noisy(at_s - window_s, at_s + window_s):
                errors |= NOISE
        stop = 1 << line_format.word_bits
        if not word & stop:
            errors |= FRAMING
        word &= ~stop
        if line_format.parity_is_wrong(word):
            errors |= PARITY
        if self._owner.receiving:
            self._receiver.hear(word, errors)
            self._receiver.plan_idle(edge_s + float(line_format.frame_s) - at_s)
        else:
            self._receiver.lost_while_off += 1
        self._await(wave.next_fall(at_s))
