"""Packets that move the target: s, c and vCont forward, bs and bc backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simgate.debug.gdb.notation import BadPacketError, address, fields, number
from simgate.debug.timeline.place import Outcome, Points, Reason
from simgate.debug.timeline.timeline import Timeline

Interrupted = Callable[[], bool]
ACTIONS = b"vCont;c;C;s;S;r"
_THREADS = (b"", b"1", b"-1", b"0")


class Order(NamedTuple):
    """What to do."""

    single: bool = False
    stay_in: tuple[int, int] | None = None  # step on while PC is in this range
    start: int | None = None  # a new PC


def plain(packet: bytes) -> Order:
    """c, s, with an address; C, S, with a signal too, which the target cannot take.

    Raises:
        BadPacketError: the packet is wrong.
    """
    letter, text = packet[:1], packet[1:]
    if letter in b"CS":
        signal, _, text = text.partition(b";")
        number(signal)
    return Order(single=letter in b"sS", start=address(text) if text else None)


def by_thread(text: bytes) -> Order:
    """vCont;ACTION[:THREAD]...: the first action that is for the only thread.

    Raises:
        BadPacketError: the packet is wrong, or has no such action.
    """
    for part in text.split(b";")[1:]:
        action, _, thread = part.partition(b":")
        if thread not in _THREADS:
            continue
        if action[:1] == b"r":
            start, end = fields(action[1:], b",", 2)
            return Order(single=True, stay_in=(address(start), address(end)))
        if action[:1] in (b"c", b"C", b"s", b"S"):
            number(action[1:] or b"0")
            return Order(single=action[:1] in b"sS")
        break
    raise BadPacketError("no action that is known")


def forward(timeline: Timeline, order: Order, points: Points, interrupted: Interrupted) -> Outcome:
    """Do it.

    gdb takes an Arm target to report a watchpoint before the access: it then steps once, and only
    after that looks what has changed. So the target goes back to there.
    """
    outcome = _forward(timeline, order, points, interrupted)
    if outcome.reason is Reason.WATCHPOINT:
        timeline.reverse_step()
    return outcome


def backward(timeline: Timeline, single: bool, points: Points, interrupted: Interrupted) -> Outcome:
    """bs or bc; a watchpoint is reported after the access, for gdb steps back once."""
    if single:
        outcome = timeline.reverse_step(points, interrupted)
    else:
        outcome = timeline.reverse_run(points, interrupted)
    if outcome.reason is Reason.WATCHPOINT:
        timeline.step()
    return outcome


def _forward(timeline: Timeline, order: Order, points: Points, interrupted: Interrupted) -> Outcome:
    if order.start is not None:
        timeline.write_register("pc", order.start)
    if not order.single:
        return timeline.run(points, interrupted)
    watches = Points(watches=points.watches)
    while True:
        outcome = timeline.step(watches, interrupted)
        if outcome.reason is not Reason.ARRIVED or order.stay_in is None:
            return outcome
        pc = timeline.registers()["pc"]
        if not order.stay_in[0] <= pc < order.stay_in[1] or pc in points.breakpoints:
            return outcome
        if interrupted():
            return Outcome(Reason.INTERRUPTED, outcome.position)
