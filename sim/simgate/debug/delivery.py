"""How the processor took the fault: the exception, and the frame that it pushed."""

from __future__ import annotations

from simgate.debug.exceptions import exception_name
from simgate.debug.fault_report import Taken
from simgate.debug.frame import StackedFrame, describe_exc_return, frame_to_be, read_frame
from simgate.debug.scene import Scene
from simgate.result import Fault

_THUMB = 1 << 24  # EPSR.T


def exception_taken(scene: Scene, fault: Fault | None) -> Taken | None:
    """The exception of a fault; None for a verdict that silicon does not have."""
    if fault is None or not fault.exception:
        return None
    number = fault.exception
    entry = None if scene.post_mortem is None else scene.post_mortem.entry
    address = scene.handler(number) if entry is None else entry.handler
    handler = None if address is None else scene.places.at(address & ~1)
    exc_return = None if entry is None else entry.exc_return
    text = "" if exc_return is None else describe_exc_return(exc_return)
    return Taken(
        number=number,
        name=exception_name(number),
        escalated=fault.escalated,
        delivered=entry is not None,
        handler=handler,
        exc_return=exc_return,
        exc_return_text=text,
    )


def exception_frame(scene: Scene, fault: Fault | None) -> StackedFrame | None:
    """The frame that was pushed, or the one that entry would push."""
    if fault is None or not fault.exception:
        return None
    entry = None if scene.post_mortem is None else scene.post_mortem.entry
    if entry is not None and entry.frame is not None:
        found = read_frame(scene.memory, entry.frame, entry.exc_return)
        if found is not None and found.registers["xpsr"] & _THUMB:
            return found
        return None  # a fault of an exception's return pushes none
    return frame_to_be(scene.registers)
