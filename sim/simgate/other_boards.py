"""An image that was built for another board gives itself away by the addresses that it uses."""

from __future__ import annotations

from simgate.board import Board, find_board, known_boards
from simgate.platform import PlatformDescription
from simgate.platform.facts import BUS
from simgate.result import Fault, FaultKind

_WINDOW = 0x400  # bytes, of registers whose description tells no size


def find_suspicion(board: Board, fault: Fault | None) -> str:
    """Whether shipped boards have something where a run found nothing mapped; else empty.

    Args:
        board: on which it ran.
        fault: the run's.
    """
    if fault is None or fault.kind is not FaultKind.UNMAPPED or fault.address is None:
        return ""
    found: dict[str, list[str]] = {}
    for name in known_boards():
        if name != board.name:
            what = _at(find_board(name).description, fault.address)
            if what:
                found.setdefault(what, []).append(name)
    if not found:
        return ""
    what, names = next(iter(found.items()))
    return (
        f"0x{fault.address:08x} is '{what}' on {' and '.join(names)}: perhaps the image was built "
        f"for that board, not for {board.name}"
    )


def _at(description: PlatformDescription, address: int) -> str:
    """What a board has there; empty: nothing that its description names."""
    for entry in description.entries:
        for registration in entry.registrations:
            base = registration.address
            if registration.parent == BUS and base is not None:
                size = registration.size or entry.attributes.get("size") or _WINDOW
                if isinstance(size, int) and base <= address < base + size:
                    return entry.name
    return ""
