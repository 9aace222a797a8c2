"""A window of 32-bit registers, declared as a table, with hooks where a register does something.

Bytes and halfwords are served as an APB or AHB slave serves them: a narrow read takes its lanes of
the word, a narrow write changes its lanes only. Reserved offsets read 0 and ignore writes, and are
reported, because silicon promises nothing there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simgate.peripheral.base import Peripheral, Read, Write
from simgate.peripheral.host import Host
from simgate.peripheral.mirrored_values import MirroredValues


@dataclass(frozen=True, slots=True)
class Register:
    """One register: where it lies, what it holds after reset, which bits software can change."""

    offset: int
    name: str
    reset: int = 0
    writable: int = 0xFFFFFFFF


class RegisterBlock(Peripheral):
    """Base of the models whose registers are mostly storage."""

    def __init__(self, name: str, attributes: Mapping[str, object], host: Host) -> None:
        super().__init__(name, attributes, host)
        table = self.registers()
        self._reset_values = {register.offset: register.reset for register in table}
        self._writable = {register.offset: register.writable for register in table}
        self._names = {register.offset: register.name for register in table}
        self._offsets = {register.name: register.offset for register in table}
        self._values: dict[int, int] = dict(self._reset_values)
        self._on_read: dict[int, Callable[[], int]] = {}
        # a write hook takes (value, mask): the lanes that were written, other bits of value are 0
        self._on_write: dict[int, Callable[[int, int], None]] = {}
        self._reserved: set[int] = set()

    @abstractmethod
    def registers(self) -> tuple[Register, ...]:
        """The table; called once, when the model is built."""

    def reset(self) -> None:
        """To the state after power-on."""
        self._values.update(self._reset_values)

    def region(self, name: str | None) -> tuple[Read, Write]:
        """The functions that serve a window."""
        if name is not None:
            raise KeyError(name)
        return self.read, self.write

    def mirrors(self, read: Read) -> tuple[int, ...]:
        """Offsets of registers whose reading does nothing, where `read` is this class's own.

        None where they are mirrored already: a second window of them is read by calls.
        """
        is_own = getattr(read, "__func__", None) is RegisterBlock.read
        if not is_own or isinstance(self._values, MirroredValues):
            return ()
        return tuple(sorted(self._values.keys() - self._on_read.keys()))

    def mirror(self, values: memoryview) -> None:
        """From now on keep what the registers hold in these words, too."""
        self._values = MirroredValues(self._values, values)

    def value(self, register: str) -> int:
        """What a register holds, without the side effects of a read."""
        return self._values[self._offsets[register]]

    def read(self, offset: int, width: int) -> int:
        """What a load of `width` bytes at `offset` gives."""
        word = offset & ~3
        hook = self._on_read.get(word)
        if hook is not None:
            value = hook()
        elif word in self._values:
            value = self._values[word]
        else:
            self._touch_reserved(word)
            return 0
        if width == 4:
            return value
        return (value >> ((offset & 3) * 8)) & (0xFF if width == 1 else 0xFFFF)

    def write(self, offset: int, width: int, value: int) -> None:
        """A store of `width` bytes at `offset`."""
        word = offset & ~3
        if width == 4:
            mask = 0xFFFFFFFF
        else:
            shift = (offset & 3) * 8
            mask = (0xFF if width == 1 else 0xFFFF) << shift
            value <<= shift
        hook = self._on_write.get(word)
        if hook is not None:
            hook(value, mask)
        elif word in self._values:
            self.store(word, value, mask)
        else:
            self._touch_reserved(word)

    def store(self, offset: int, value: int, mask: int) -> int:
        """Change the written, writable bits; what the register holds then."""
        mask &= self._writable[offset]
        stored = (self._values[offset] & ~mask) | (value & mask)
        self._values[offset] = stored
        return stored

    def _touch_reserved(self, word: int) -> None:
        if word not in self._reserved:
            self._reserved.add(word)
            self.host.touched(f"{self.name}: reserved offset 0x{word:03x}")
