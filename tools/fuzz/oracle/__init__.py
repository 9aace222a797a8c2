"""Who says what a sequence does: the strict core, QEMU, Unicorn, and a model of the manual.

``pieces`` is the core once more, stopped every few instructions: it must make no difference.
"""

from __future__ import annotations

from tools.fuzz.oracle.base import Oracle

NAMES = ("qemu", "unicorn", "model", "pieces")


def make(name: str, processor: str) -> Oracle:
    """The engine of this name, for one processor."""
    if name == "strict":
        from tools.fuzz.oracle.strict import Strict

        return Strict(processor)
    if name == "pieces":
        from tools.fuzz.oracle.strict import Pieces

        return Pieces(processor)
    if name == "qemu":
        from tools.fuzz.oracle.qemu import Qemu

        return Qemu(processor)
    if name == "unicorn":
        from tools.fuzz.oracle.emulator import Unicorn

        return Unicorn(processor)
    if name == "model":
        from tools.fuzz.oracle.manual import Manual

        return Manual()
    raise ValueError(f"no oracle '{name}' (there are {', '.join(NAMES)})")
