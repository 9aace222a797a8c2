"""Bus clocks of peripherals: without its clock a peripheral answers 0 and loses what is written."""

from __future__ import annotations

from collections.abc import Callable

from simgate.peripheral.base import Read, Write


class Gate:
    """The clock of one peripheral; on until something switches it."""

    __slots__ = ("_name", "_remark", "on")

    def __init__(self, name: str, remark: Callable[[str], None]) -> None:
        self.on = True
        self._name = name
        self._remark = remark

    def guard(self, read: Read, write: Write) -> tuple[Read, Write]:
        """The same functions behind this gate."""

        def guarded_read(offset: int, width: int) -> int:
            if self.on:
                return read(offset, width)
            self._remark(
                f"{self._name} was read while its clock is off (RCC): it answered 0, as on silicon"
            )
            return 0

        def guarded_write(offset: int, width: int, value: int) -> None:
            if self.on:
                write(offset, width, value)
                return
            self._remark(
                f"{self._name} was written while its clock is off (RCC): silicon loses such writes"
            )

        return guarded_read, guarded_write
