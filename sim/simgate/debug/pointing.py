"""Registers, and what their values point to."""

from __future__ import annotations

from simgate.debug.fault_report import NamedValue
from simgate.debug.places import PlaceKind
from simgate.debug.scene import Scene

_POINTERS = frozenset((*(f"r{number}" for number in range(13)), "sp", "lr", "pc", "msp", "psp"))
_CODE_POINTERS = ("lr", "pc")
_TOLD = frozenset(
    {
        PlaceKind.CODE,
        PlaceKind.DATA,
        PlaceKind.STACK,
        PlaceKind.PERIPHERAL,
        PlaceKind.NOT_MODELLED,
    }
)
_SMALL = 0x100  # numbers below are no addresses


def named_registers(scene: Scene) -> tuple[NamedValue, ...]:
    """All registers in the order of the machine's."""
    found = []
    for name, value in scene.registers.items():
        told = ""
        if name in _POINTERS and value >= _SMALL:
            place = scene.places.at(value & ~1 if name in _CODE_POINTERS else value)
            alias = scene.program.home(value) != value  # a small number is hardly ever an address
            if place.kind in _TOLD and (not alias or name in _CODE_POINTERS):
                told = place.text
        found.append(NamedValue(name, value, told))
    return tuple(found)
