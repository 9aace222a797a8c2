"""The Cortex-M core as Python code holds it: memories, devices, interrupts, time, registers.

    core = Core("cortex-m4f", Clocks.of_mips(168), initial_vtor=0x0800_0000)
    flash = core.map_memory(0x0800_0000, 0x10_0000, writable=False)
    flash[: len(program)] = program
    core.reset()
    stop = core.run(168_000)  # one millisecond

Most methods are those of the C type beneath and are described here once:

``map_memory(base, size, writable) -> memoryview``
    A memory of zeros. Stores of the firmware to one that is not writable are faults, unless
    ``on_store(base, write)`` takes them (and answers False for those that it refuses). After
    writing code through the view call
    ``invalidate(base, size)``.
``map_alias(base, size, target)``, ``map_bitband(base, size, target)``
    The same bytes at another address; the bit-band view of a range.
``map_device(base, size, read, write)``
    ``read(offset, width) -> int`` and ``write(offset, width, value)``. ``ticks`` and
    ``instructions`` are exact meanwhile (the access itself not counted); an exception raised in
    them ends the run and comes out of it.
``mirror(base, words) -> (values, known)``
    For the device that begins at ``base``: 32-bit words of its registers, and a byte for each that
    says whether the word holds. Such a register is read without a call. Keep them up to date.
``set_irq(number, level)``, ``pend(number)``, ``pend_nmi()``
    A line of the NVIC, a single pulse. From callbacks and between runs.
``schedule(tick, callback) -> handle``, ``cancel(handle) -> bool``
    ``callback()`` runs when that tick has come, before the instruction that begins at it; calls
    planned for one tick run in the order in which they were planned, after SysTick.
``read(address, size)``, ``write(address, data)``
    Memories as a debugger sees them, Flash too: no devices, no side effects.
``load(address, width)``, ``store(address, width, value)``
    Accesses as the processor makes them, between runs.
``add_stop(address)``, ``remove_stop(address)``
    ``run`` returns before the instruction there executes; the next ``run`` passes it.
``stop_on_entry``
    While True, ``run`` also returns after each exception entry, before the handler's first
    instruction: a debugger steps. (An exception that is chained to a return comes with the return.)
``branches(count=64) -> [(source, target, kind)]``
    The last departures from the straight line, newest last. Kind 0 is a branch; 1 the entry of an
    exception, whose source is the instruction that did not execute; 2 the return from one.
``cache_maintenance``
    Maintenance operations that the firmware asked of a Cortex-M7's caches since creation.
``watch(address, size, read, write)``, ``unwatch(address, size)``
    ``run`` returns after an instruction that loaded from (``read``) or stored to (``write``) any
    of these bytes, exception entry and return included; ``watch_hit`` is its first such access,
    ``(pc, address, width, is_store)``, until the next ``run``. ``unwatch`` takes the same range.
``request_stop()``
    From a callback: the run ends after the current instruction. From another thread: within 20
    million instructions.
``stop_on_fault``
    True (the default): ``run`` comes back at a fault, before its exception is taken: registers as
    before the instruction, the status registers set, the exception pending. The next ``run`` takes
    it. False: it is taken at once. What the architecture has no exception for always ends a run; a
    further one goes on, with the guard of an overrun stack off, and a store to Flash dropped.
    A lockup is for ever.
``fault_status``, ``faults_taken``, ``exception_counts``
    CFSR and the other registers that tell of faults, by name; how many became an exception; how
    often each exception was taken since reset, by number.
``dismiss_fault()``
    After a run that ended at a fault: status and pending exceptions are as before it, guards are on
    again. For whoever serves the instruction himself (BKPT as semihosting) and sets pc.
``deepest -> (sp, pc, lr, instructions)``
    When the main SP was lowest: the instruction that took it there, and how many were before it.
``set_stack_limit(limit)``, ``set_process_stacks([(limit, top), ...])``
    An SP below is a fault of kind STACK_OVERFLOW. A process stack is that in which PSP lay when it
    was last set (by MSR, by becoming SP, by an exception's return); elsewhere nothing is checked.

Raises ValueError for what cannot be, RuntimeError for what cannot be now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simgate.core import _native
from simgate.core.fault import FaultRecord
from simgate.core.processor import PROCESSORS
from simgate.core.stop import Stop, StopKind
from simgate.errors import EngineError

if TYPE_CHECKING:
    from simgate.core.clocks import Clocks

_KINDS = {
    _native.HALT_DEADLINE: StopKind.DEADLINE,
    _native.HALT_STOP_POINT: StopKind.STOP_POINT,
    _native.HALT_FAULT: StopKind.FAULT,
    _native.HALT_REQUESTED: StopKind.REQUESTED,
    _native.HALT_SLEEPING: StopKind.SLEEPING,
    _native.HALT_RESET: StopKind.RESET,
    _native.HALT_ENTRY: StopKind.ENTRY,
    _native.HALT_WALL: StopKind.WALL,
    _native.HALT_WATCHPOINT: StopKind.WATCHPOINT,
}
_FOR_EVER = (1 << 64) - 1


class Core(_native.Core):
    """One Armv7E-M core with NVIC, SysTick, SCB and DWT.

    Args:
        cpu_type: "cortex-m4f", or "cortex-m4" without floating point; "cortex-m7" with double
            precision, "cortex-m7-sp" with single precision, "cortex-m7-nofpu" without any.
        clocks: how fast it and its timers run.
        initial_vtor: address of the vector table after a reset, a multiple of 128.
        interrupts: external interrupts that are wired, 1 to 240.
        priority_mask: bits of a priority that exist, from the top (STM32: 0xF0).
        mpu_regions: of the MPU: 8, 16 (Cortex-M7 only), or 0 for none.
        cpuid: another revision than the processor's usual one (processor.py).

    Raises:
        EngineError: a processor that this core is not.
    """

    def __init__(
        self,
        cpu_type: str,
        clocks: Clocks,
        *,
        initial_vtor: int = 0,
        interrupts: int = 240,
        priority_mask: int = 0xF0,
        mpu_regions: int = 8,
        cpuid: int | None = None,
    ) -> None:
        processor = PROCESSORS.get(cpu_type)
        if processor is None:
            raise EngineError(
                f"the strict engine has no processor '{cpu_type}'",
                hint=f"It has {', '.join(sorted(PROCESSORS))}.",
            )
        super().__init__(
            fpu=processor.fpu,
            cpuid=processor.cpuid if cpuid is None else cpuid,
            mpu_regions=mpu_regions,
            icache_bytes=processor.cache_bytes,
            dcache_bytes=processor.cache_bytes,
            itcm_bytes=processor.itcm_bytes,
            dtcm_bytes=processor.dtcm_bytes,
            tick_hz=clocks.tick_hz,
            systick_hz=clocks.systick_hz,
            systick_external_hz=clocks.systick_external_hz,
            dwt_hz=clocks.dwt_hz,
            initial_vtor=initial_vtor,
            interrupts=interrupts,
            priority_mask=priority_mask,
        )
        self.cpu_type = cpu_type
        self.processor = processor
        self.clocks = clocks

    @property
    def fault(self) -> FaultRecord | None:
        """The last fault since reset, or None."""
        record = self.fault_record
        return None if record is None else FaultRecord(*record)

    def run(
        self, until: int, wall_limit_s: float = 0.0, until_instructions: int = _FOR_EVER
    ) -> Stop:
        """Runs until ``until`` ticks have passed since the core was made, or something stops it.

        Everything that is due before that tick has then happened, nothing that is due at it.
        ``wall_limit_s`` is in seconds of the host's clock, looked at every 20 million instructions
        or 100,000 events; 0 stands for none. It also ends as soon as ``until_instructions`` have
        been executed since the core was made, before anything else happens.
        """
        kind = _KINDS[self.run_until(until, wall_limit_s, until_instructions)]
        fault = self.fault if kind is StopKind.FAULT else None
        return Stop(kind, self.pc, self.instructions, self.ticks, fault)

    def step(self) -> Stop:
        """One instruction; a pending exception is entered first, sleep lasts one tick."""
        return self.run(self.ticks + 1)
