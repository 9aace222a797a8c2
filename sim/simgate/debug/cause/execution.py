"""Instructions that cannot be executed where they stand."""

from __future__ import annotations

from simgate.debug.cause.parts import Cause, with_consequence
from simgate.debug.exceptions import exception_name
from simgate.debug.frame import describe_exc_return
from simgate.debug.scene import Scene
from simgate.result import Fault

_DIV_0_TRP = 1 << 4  # CCR
_SEMIHOSTING = 0xAB
_CALLS = {
    0x01: "SYS_OPEN",
    0x02: "SYS_CLOSE",
    0x03: "SYS_WRITEC",
    0x04: "SYS_WRITE0",
    0x05: "SYS_WRITE",
    0x06: "SYS_READ",
    0x07: "SYS_READC",
    0x09: "SYS_ISTTY",
    0x0A: "SYS_SEEK",
    0x0C: "SYS_FLEN",
    0x10: "SYS_CLOCK",
    0x11: "SYS_TIME",
    0x13: "SYS_ERRNO",
    0x15: "SYS_GET_CMDLINE",
    0x16: "SYS_HEAPINFO",
    0x18: "SYS_EXIT",
}
"""Operation numbers in r0: "Semihosting for AArch32 and AArch64", section 5."""


def undefined(scene: Scene, fault: Fault) -> Cause:
    """An encoding that is no instruction, or UDF."""
    encoding = fault.encoding or 0
    code = f"0x{encoding:08x}" if encoding > 0xFFFF else f"0x{encoding:04x}"
    if encoding >> 8 == 0xDE:
        act = f"UDF #{encoding & 0xFF} executed"
        details = (
            "Compilers write UDF where the program must never arrive: __builtin_trap(), a "
            "dereferenced null pointer that they saw, the end of a function without a return.",
        )
        return Cause(with_consequence(act, scene, fault), details)
    act = f"undefined instruction {code} executed"
    return Cause(with_consequence(act, scene, fault), _where_code_ends(scene))


def unsupported(scene: Scene, fault: Fault) -> Cause:
    """An instruction that this core does not know."""
    encoding = fault.encoding or 0
    text = "" if scene.instruction is None else f" ({scene.instruction.text})"
    act = f"instruction 0x{encoding:x}{text}, which the strict engine does not implement"
    return Cause(act, ("It is a limit of Simgate, not of the firmware.",))


def no_coprocessor(scene: Scene, fault: Fault) -> Cause:
    """Floating point, or another coprocessor, that is off."""
    instruction = scene.instruction
    name = "a coprocessor instruction" if instruction is None else instruction.text
    if instruction is None or instruction.mnemonic.startswith("v"):
        act = f"{name} while the FPU is off: CPACR does not enable CP10/CP11"
        advice = (
            "Call SystemInit() before, or set SCB->CPACR |= 0xF << 20 followed by DSB and ISB, "
            "before the first function that may use floating point (PM0214, 4.6.6).",
        )
    else:
        act = f"{name} for a coprocessor that this chip does not have"
        advice = ("Build for the right processor (-mcpu, -mfpu).",)
    return Cause(with_consequence(act, scene, fault), (), advice)


def divide_by_zero(scene: Scene, fault: Fault) -> Cause:
    """SDIV or UDIV by 0."""
    instruction = scene.instruction
    act = "division by zero"
    details = []
    if instruction is not None and len(instruction.registers) >= 2:
        dividend, divisor = instruction.registers[-2:]
        act = f"division by zero: {instruction.text} with {scene.value(divisor)}"
        details.append(f"The dividend is {scene.value(dividend)}.")
    details.append("It is a fault because CCR.DIV_0_TRP is set; without it the quotient is 0.")
    return Cause(with_consequence(act, scene, fault), tuple(details))


def breakpoint_left(scene: Scene, fault: Fault) -> Cause:
    """BKPT, semihosting among them, without a debugger."""
    number = (fault.encoding or scene.memory.halfword(scene.pc) or 0) & 0xFF
    if number != _SEMIHOSTING:
        act = f"BKPT #{number} executed without a debugger"
        advice = ("An assertion or a trap of a library: see who calls it.",)
        return Cause(with_consequence(act, scene, fault), (), advice)
    operation = scene.registers.get("r0", 0)
    call = _CALLS.get(operation, f"of operation 0x{operation:x}")
    act = f"semihosting call {call} (BKPT #0xab), which needs a debugger"
    advice = (
        "Link with --specs=nosys.specs instead of rdimon.specs, and write to a UART: on a board "
        "without a debugger this call never returns.",
    )
    return Cause(with_consequence(act, scene, fault), (), advice)


def exception_return(scene: Scene, fault: Fault) -> Cause:
    """An EXC_RETURN or a frame that cannot be."""
    value = fault.address if fault.address is not None else scene.lr
    act = f"exception return with 0x{value:08x} that cannot be"
    details = []
    if value & 0xFFFFFFE0 == 0xFFFFFFE0:
        details.append(f"It would return {describe_exc_return(value)}.")
    running = scene.exception
    details.append(
        f"IPSR says that {exception_name(running)} runs."
        if running
        else "IPSR is 0: no exception runs that could return."
    )
    advice = ("EXC_RETURN or the frame on the stack was overwritten: look at the handler's stack.",)
    return Cause(with_consequence(act, scene, fault), tuple(details), advice)


def masked(scene: Scene, fault: Fault) -> Cause:
    """SVC where its priority does not allow it."""
    act = "SVC executed where SVCall cannot be taken"
    masks = [
        f"{name.upper()} is set"
        for name in ("primask", "faultmask", "basepri")
        if scene.registers.get(name)
    ]
    if scene.exception:
        masks.append(f"{scene.exception_text(scene.exception)} runs")
    if masks:
        act += f" ({', '.join(masks)})"
    return Cause(f"{act}: it becomes a HardFault at once")


def _where_code_ends(scene: Scene) -> tuple[str, ...]:
    place = scene.places.at(scene.pc)
    return (f"At 0x{scene.pc:08x}: {place.text}.",)
