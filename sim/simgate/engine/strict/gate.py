"""Bus clocks of peripherals: without its clock a peripheral answers 0 and loses what is written."""

from __future__ import annotations

from collections.abc import Callable

from simgate.peripheral.base import Read, Show, Write


class Gate:
    """The clock of one peripheral; on until something switches it."""

    __slots__ = ("_known", "_mirrored", "_name", "_on", "_remark")

    def __init__(self, name: str, remark: Callable[[str], None]) -> None:
        self._on = True
        self._name = name
        self._remark = remark
        self._known: list[memoryview] = []  # of mirrors, and what is in them while the clock is on
        self._mirrored: list[bytearray] = []

    @property
    def on(self) -> bool:
        """Whether the peripheral has its clock."""
        return self._on

    @on.setter
    def on(self, on: bool) -> None:
        if on != self._on:
            self._on = on
            for known, mirrored in zip(self._known, self._mirrored, strict=True):
                known[:] = mirrored if on else bytes(len(mirrored))

    def guard_mirror(self, known: memoryview) -> Show:
        """Let registers be read without a call only while the clock is on.

        Returns:
            What says of a register, by its offset, whether it may be read like that.
        """
        mirrored = bytearray(known)
        self._known.append(known)
        self._mirrored.append(mirrored)

        def show(offset: int, visible: bool) -> None:
            mirrored[offset >> 2] = visible
            if self._on:
                known[offset >> 2] = visible

        return show

    def guard(self, read: Read, write: Write) -> tuple[Read, Write]:
        """The same functions behind this gate."""

        def guarded_read(offset: int, width: int) -> int:
            if self._on:
                return read(offset, width)
            self._remark(
                f"{self._name} was read while its clock is off (RCC): it answered 0, as on silicon"
            )
            return 0

        def guarded_write(offset: int, width: int, value: int) -> None:
            if self._on:
                write(offset, width, value)
                return
            self._remark(
                f"{self._name} was written while its clock is off (RCC): silicon loses such writes"
            )

        return guarded_read, guarded_write
