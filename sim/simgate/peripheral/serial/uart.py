"""What every UART has: the world outside the chip, a receiver, a transmitter, requests for DMA."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from simgate.peripheral.base import Peripheral, Read, Show, Write
from simgate.peripheral.host import Host
from simgate.peripheral.model import command
from simgate.peripheral.serial.line import Line
from simgate.peripheral.serial.line_format import LineFormat
from simgate.peripheral.serial.receiver import Receiver
from simgate.peripheral.serial.transmitter import Transmitter
from simgate.peripheral.wire import Wire

if TYPE_CHECKING:
    from simgate.sensor.uart_script import UartScript

PLAY_TEXT = "PlayScriptText"


class Uart(Peripheral):
    """A UART of any generation: `listeners` hear each byte that it sends.

    Interrupts and requests are levels that follow the registers within the access that changes
    them; the processor then takes them before its next instruction.
    """

    DATA: ClassVar[str]  # the register that takes what is sent
    STATUS: ClassVar[int]  # offset of the register with the flags
    # modes that a bit of a register switches on: register, bit, what people call it
    NOT_MODELLED: ClassVar[Mapping[tuple[int, int], str]]

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self.listeners: list[Callable[[int], None]] = []
        self._irq = Wire()
        self._wires = {None: self._irq, "IRQ": self._irq}
        self._receive_request = host.signal(f"{name.upper()}_RX")
        self._transmit_request = host.signal(f"{name.upper()}_TX")
        self._receiver = Receiver(self, host)
        self._transmitter = Transmitter(host, self._frame_s, self._send, self._update)
        self._line = Line(self, self._receiver, host)
        self._frequency_hz = self.integer("frequency", 8_000_000)
        self._format: LineFormat | None = None  # None: a register has changed
        self._sending = False
        self._lost_out = 0
        self._mirror: memoryview | None = None  # of the registers, in words
        self._show: Show = lambda _offset, _visible: None

    def mirrors(self, read: Read) -> tuple[int, ...]:
        """The register with the flags, which firmware asks with each byte; of one window."""
        return () if self._mirror is not None else (self.STATUS,)

    def mirror(self, values: memoryview) -> None:
        """Keep the flags there, too."""
        self._mirror = values.cast("I")
        self._update()

    def show_mirror(self, show: Show) -> None:
        """Take what hides the flags, while reading them would have an effect."""
        self._show = show

    def reset(self) -> None:
        """To the state after power-on; the world outside goes on."""
        self._format = None
        self._receiver.reset()
        self._transmitter.reset()
        self._update()

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self._read, self._write

    @abstractmethod
    def _read(self, offset: int, width: int) -> int:
        """A load."""

    @abstractmethod
    def _write(self, offset: int, width: int, value: int) -> None:
        """A store."""

    def _touch_modes(self, register: int, stored: int) -> None:
        """Tell which modes that are not modelled a register has switched on."""
        for (place, bit), mode in self.NOT_MODELLED.items():
            if place == register and stored & bit:
                self.host.touched(f"{self.name}: {mode}")

    # ---- the wires outside the chip ----

    @property
    def pending(self) -> int:
        """Bytes that arrived and were not yet read by the firmware."""
        return self._receiver.pending

    def write(self, data: bytes) -> None:
        """Bytes arrive on the receive line, each as soon as the firmware has read the last one.

        They are lost while the receiver is off.
        """
        self._receiver.write(data)

    def play(self, script: UartScript) -> None:
        """What the script says happens on the receive line, beginning now, whoever listens.

        Raises:
            EngineError: another script has not yet ended.
        """
        self._line.play(script)

    @command("PlayScript")
    def play_file(self, path: Path) -> None:
        """Play the UART script in a file."""
        from simgate.sensor.uart_script_text import read_script

        self.play(read_script(path))

    @command(PLAY_TEXT)
    def play_text(self, text: str) -> None:
        """Play the UART script with this text."""
        from simgate.sensor.uart_script_text import parse_script

        self.play(parse_script(text))

    def remarks(self) -> tuple[str, ...]:
        """What went wrong on its wires."""
        receiver = self._receiver
        found = []
        if self._lost_out:
            found.append(
                f"{self.name}: {self._lost_out} bytes were written to {self.DATA} while the "
                "transmitter was off (CR1.UE, CR1.TE, BRR): they were never sent"
            )
        if receiver.lost_while_off:
            found.append(
                f"{self.name}: {receiver.lost_while_off} bytes arrived while the receiver was off "
                "(CR1.UE, CR1.RE): they are lost"
            )
        if receiver.lost_to_overrun:
            found.append(
                f"{self.name}: {receiver.lost_to_overrun} characters were lost to overruns: the "
                "firmware had not read the one before"
            )
        if receiver.pending:
            found.append(f"{self.name}: {receiver.pending} bytes wait to be read by the firmware")
        return tuple(found)

    # ---- for the halves ----

    @property
    @abstractmethod
    def receiving(self) -> bool:
        """Whether the receiver is on."""

    def line_format(self) -> LineFormat:
        """As the registers have it now."""
        if self._format is None:
            self._format = self._new_format()
        return self._format

    @abstractmethod
    def _new_format(self) -> LineFormat:
        """As the registers say."""

    @abstractmethod
    def errors_surfaced(self, errors: int) -> None:
        """The character that is next to be read has these errors."""

    @abstractmethod
    def overran(self) -> bool:
        """A character found no room; whether it takes the place of the newest one."""

    def matched(self) -> None:
        """The character came that the registers name."""

    @abstractmethod
    def fell_idle(self) -> None:
        """A frame's time has gone by without a start bit."""

    def line_rests(self, seconds: float) -> None:
        """The last stop bit so far ends in that many seconds."""

    def line_changed(self) -> None:
        """A frame begins, or has ended."""

    def fullness_changed(self) -> None:
        """There is something to read, or no longer, or more, or less."""
        self._update()

    @abstractmethod
    def _update(self) -> None:
        """Bring flags, interrupt and requests in line with the halves and the registers."""

    def _frame_s(self) -> Fraction:
        return self.line_format().frame_s

    def _send(self, value: int) -> None:
        byte = value & 0xFF
        for listener in self.listeners:
            listener(byte)
