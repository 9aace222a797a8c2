"""General-purpose I/O port of F4, F7, G4 and H7.

RM0090, section 8; RM0385, section 6; RM0440, section 9; RM0433, section 11. The families differ in
reset values, which the description gives, and in BRR, which only G4 has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simgate.peripheral.host import Host
from simgate.peripheral.model import AttachError, Model
from simgate.peripheral.register_block import Register, RegisterBlock
from simgate.peripheral.registry import peripheral
from simgate.peripheral.wire import Sink, Wire

MODER, OTYPER, OSPEEDR, PUPDR = 0x00, 0x04, 0x08, 0x0C
IDR, ODR, BSRR, LCKR, AFRL, AFRH, BRR = 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x28
_PINS = 16
_FUNCTIONS = 16
_LCKK = 1 << 16
_OUTPUT, _ALTERNATE, _ANALOG = 1, 2, 3  # fields of MODER
_PULL_UP = 1  # field of PUPDR


@peripheral("GPIOPort.STM32_GPIOPort")
class Stm32GpioPort(RegisterBlock):
    """Sixteen pins. Wire n carries the level of pin n, driven from inside or from outside."""

    ATTRIBUTES = frozenset(
        {
            "modeResetValue",
            "outputSpeedResetValue",
            "pullUpPullDownResetValue",
            "numberOfAFs",
            "invertedAFPins",
            "bitResetRegister",  # the strict engine's own: whether the port has BRR
        }
    )

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        self._pins = tuple(Wire() for _ in range(_PINS))
        self._wires = dict(enumerate(self._pins))
        self._functions: dict[tuple[int, int], bool] = {}  # levels of (pin, alternate function)
        self._driven: dict[int, bool] = {}  # levels put on pins from outside the chip
        self._locked_pins = 0
        self._lock_step = 0
        self._lock_value = 0
        self.listeners: list[Callable[[int, bool], None]] = []  # (pin, level), outputs only
        self._output_pins = self._push_pull = 0
        self._on_read = {BSRR: lambda: 0}
        self._on_write = {
            IDR: lambda value, mask: None,
            ODR: self._write_odr,
            BSRR: self._write_bsrr,
            LCKR: self._write_lckr,
        }
        for offset, bits in ((MODER, 2), (OTYPER, 1), (OSPEEDR, 2), (PUPDR, 2)):
            self._on_write[offset] = self._configure(offset, bits, 0)
        self._on_write[AFRL] = self._configure(AFRL, 4, 0)
        self._on_write[AFRH] = self._configure(AFRH, 4, 8)
        if BRR in self._values:
            self._on_read[BRR] = lambda: 0
            self._on_write[BRR] = self._write_brr
        self._reconfigure()

    def registers(self) -> tuple[Register, ...]:
        """RM0090, table of 8.4.11."""
        has_brr = self.boolean("bitResetRegister", False)
        return (
            Register(MODER, "MODER", self.integer("modeResetValue", 0)),
            Register(OTYPER, "OTYPER", 0, 0xFFFF),
            Register(OSPEEDR, "OSPEEDR", self.integer("outputSpeedResetValue", 0)),
            Register(PUPDR, "PUPDR", self.integer("pullUpPullDownResetValue", 0)),
            Register(IDR, "IDR", 0, 0),
            Register(ODR, "ODR", 0, 0xFFFF),
            Register(BSRR, "BSRR"),
            Register(LCKR, "LCKR", 0, 0x1FFFF),
            Register(AFRL, "AFRL"),
            Register(AFRH, "AFRH"),
            *((Register(BRR, "BRR"),) if has_brr else ()),
        )

    def reset(self) -> None:
        """To the state after power-on."""
        super().reset()
        self._locked_pins = self._lock_step = self._lock_value = 0
        self._reconfigure()

    @property
    def outputs(self) -> int:
        """Levels of the pins that are outputs, bit n for pin n; other bits are 0."""
        return self._values[ODR] & self._output_pins

    def alternate_function(self, pin: int) -> int | None:
        """The alternate function (0 to 15) that a pin is switched to; None in another mode."""
        if (self._values[MODER] >> pin * 2) & 3 != 2:
            return None
        return (self._values[AFRL if pin < 8 else AFRH] >> pin % 8 * 4) & 15

    def attach(self, address: int | None, device: Model) -> None:
        """A button or an LED may be said to be at a pin; its wire is described apart.

        Raises:
            AttachError: it is something else, or there is no such pin.
        """
        if address is not None and not 0 <= address < _PINS:
            raise AttachError(f"there is no pin {address}, only 0 to {_PINS - 1}")
        if not device.TYPE.startswith("Miscellaneous."):
            raise AttachError(f"{device.TYPE} is nothing to have on a pin")

    def input(self, line: int) -> Sink:
        """What to call when the level that the outside puts on pin `line` changes."""
        if not 0 <= line < _PINS:
            raise KeyError(line)

        def drive(level: bool) -> None:
            self._driven[line] = level
            self._set_levels(self._find_levels())

        return drive

    def local_input(self, index: int, line: int) -> Sink:
        """What to call when a peripheral changes what it drives pin `index` to.

        Args:
            index: the pin, 0 to 15.
            line: the alternate function by which the pin is the peripheral's, 0 to 15.
        """
        if not (0 <= index < _PINS and 0 <= line < _FUNCTIONS):
            raise KeyError(line)

        def drive(level: bool) -> None:
            self._functions[index, line] = level
            if self.alternate_function(index) == line:
                self._set_levels(self._find_levels())

        return drive

    def _reconfigure(self) -> None:
        """After a change of what pins are: modes, drivers, pulls."""
        mode, before = self._values[MODER], self._output_pins
        self._output_pins = sum(1 << p for p in range(_PINS) if (mode >> p * 2) & 3 == _OUTPUT)
        self._push_pull = self._output_pins & ~self._values[OTYPER]
        self._set_levels(self._find_levels())
        self._tell(self._output_pins & ~before)

    def _find_levels(self) -> int:
        """What the input stages see (8.3.9 to 8.3.12)."""
        mode, pull = self._values[MODER], self._values[PUPDR]
        odr, open_drain = self._values[ODR], self._values[OTYPER]
        levels = 0
        for pin in range(_PINS):
            field, bit = (mode >> pin * 2) & 3, 1 << pin
            if field == _ANALOG:
                continue
            if field == _OUTPUT and not (open_drain & bit and odr & bit):
                high = bool(odr & bit)
            else:
                high = self._driven.get(pin, (pull >> pin * 2) & 3 == _PULL_UP)
                if field == _ALTERNATE and self._functions:
                    function = (self._values[AFRL if pin < 8 else AFRH] >> pin % 8 * 4) & 15
                    high = self._functions.get((pin, function), high)
            levels |= bit if high else 0
        return levels

    def _set_levels(self, levels: int) -> None:
        changed = levels ^ self._values[IDR]
        self._values[IDR] = levels
        while changed:
            pin = changed.bit_length() - 1
            changed ^= 1 << pin
            self._pins[pin].set(bool(levels >> pin & 1))

    def _set_odr(self, odr: int) -> None:
        changed = odr ^ self._values[ODR]
        if not changed:
            return
        self._values[ODR] = odr
        pins = changed & self._output_pins
        if not pins:
            return
        if pins & ~self._push_pull:
            self._set_levels(self._find_levels())
        else:
            self._set_levels(self._values[IDR] ^ pins)
        self._tell(pins)

    def _tell(self, pins: int) -> None:
        if self.listeners:
            for pin in range(_PINS):
                if pins >> pin & 1:
                    for listener in self.listeners:
                        listener(pin, bool(self._values[ODR] >> pin & 1))

    def _configure(self, offset: int, bits: int, first_pin: int) -> Callable[[int, int], None]:
        field = (1 << bits) - 1

        def write(value: int, mask: int) -> None:
            if self._locked_pins:
                for position in range(32 // bits):
                    if self._locked_pins >> (first_pin + position) & 1:
                        mask &= ~(field << position * bits)
            self.store(offset, value, mask)
            self._reconfigure()

        return write

    def _write_odr(self, value: int, mask: int) -> None:
        mask &= 0xFFFF
        self._set_odr((self._values[ODR] & ~mask) | (value & mask))

    def _write_bsrr(self, value: int, mask: int) -> None:
        # set has priority (8.4.7)
        self._set_odr((self._values[ODR] & ~(value >> 16)) | (value & 0xFFFF))

    def _write_brr(self, value: int, mask: int) -> None:
        self._set_odr(self._values[ODR] & ~(value & 0xFFFF))

    def _write_lckr(self, value: int, mask: int) -> None:
        """The lock sequence of 8.4.8: key 1, 0, 1 with the same pins, words only."""
        if self._locked_pins or mask != 0xFFFFFFFF:
            return
        key, pins = bool(value & _LCKK), value & 0xFFFF
        same = self._lock_step == 0 or pins == self._lock_value
        if key == (self._lock_step != 1) and same:
            self._lock_value = pins
            self._lock_step += 1
        else:
            self._lock_step = 0
        self._values[LCKR] = pins
        if self._lock_step == 3:
            self._locked_pins = pins
            self._values[LCKR] = pins | _LCKK
