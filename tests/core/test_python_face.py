"""The core as Python holds it, used rightly and wrongly: an exception, never a crash."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import threading
import time
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simgate.core import Clocks, Core, StopKind, _native
from simgate.errors import EngineError
from simgate.result import FaultKind

DEVICE = 0x4000_0000
LOAD = f"""
        ldr     r0, ={DEVICE:#x}
load:   ldr     r1, [r0, #4]
        ldrb    r2, [r0, #9]
        ldrh    r3, [r0, #10]
        strh    r1, [r0, #2]
loop:   b       loop
"""


@pytest.fixture
def core() -> Core:
    return Core("cortex-m4f", Clocks.of_mips(100))


def zero(offset: int, width: int) -> int:
    return 0


def ignore(offset: int, width: int, value: int) -> None:
    return None


def test_a_device_sees_offset_width_value_and_time(boot) -> None:
    bench = boot(LOAD)
    seen: list[tuple[int, ...]] = []

    def read(offset: int, width: int) -> int:
        seen.append((bench.core.instructions, offset, width))
        return 0x80 + offset

    def write(offset: int, width: int, value: int) -> None:
        seen.append((bench.core.instructions, offset, width, value))

    bench.core.map_device(DEVICE, 0x100, read, write)
    bench.core.run(10)
    assert seen == [(1, 4, 4), (2, 9, 1), (3, 10, 2), (4, 2, 2, 0x84)]
    assert [bench[r] for r in ("r1", "r2", "r3")] == [0x84, 0x89, 0x8A]


@pytest.mark.parametrize("answer", [None, "1", 1.0, -1, 1 << 32, 1 << 200, object()])
def test_an_answer_that_is_no_register_value(boot, answer: object) -> None:
    bench = boot(LOAD)
    bench.core.map_device(DEVICE, 0x100, lambda o, w: answer, ignore)
    with pytest.raises((TypeError, ValueError), match="offset 0x4"):
        bench.core.run(10)
    assert bench.core.pc == bench.symbols["load"]
    assert bench.core.instructions == 1


def test_an_answer_too_wide_for_a_byte(boot) -> None:
    bench = boot(LOAD)
    bench.core.map_device(DEVICE, 0x100, lambda o, w: 256, ignore)
    with pytest.raises(ValueError, match="does not fit 1 bytes"):
        bench.core.run(10)


def test_an_exception_in_a_device_comes_out_with_its_traceback_and_the_run_can_go_on(boot) -> None:
    bench = boot(LOAD)
    fail = True

    def read(offset: int, width: int) -> int:
        if fail:
            raise LookupError("no such register")
        return 7

    bench.core.map_device(DEVICE, 0x100, read, ignore)
    with pytest.raises(LookupError, match="no such register") as caught:
        bench.core.run(10)
    assert caught.traceback[-1].name == "read"
    assert (bench.core.pc, bench.core.instructions) == (bench.symbols["load"], 1)
    fail = False
    assert bench.core.run(10).kind is StopKind.DEADLINE
    assert bench["r1"] == 7


def test_stop_requested_by_a_device_ends_the_run_after_the_instruction(boot) -> None:
    bench = boot(LOAD)

    def read(offset: int, width: int) -> int:
        bench.core.request_stop()
        return 1

    bench.core.map_device(DEVICE, 0x100, read, ignore)
    stop = bench.core.run(100)
    assert (stop.kind, stop.instructions) == (StopKind.REQUESTED, 2)
    assert bench["r1"] == 1


@pytest.mark.parametrize(
    "misuse",
    [
        lambda core: core.run(1000),
        lambda core: core.step(),
        lambda core: core.reset(),
        lambda core: core.map_memory(0x6000_0000, 0x1000, True),
        lambda core: core.map_device(0x6000_0000, 0x1000, zero, ignore),
        lambda core: core.add_stop(0),
        lambda core: core.remove_stop(0),
        lambda core: core.write_register("r0", 1),
        lambda core: core.load(DEVICE, 4),
        lambda core: core.store(DEVICE, 4, 0),
        lambda core: core.set_stack_limit(0),
    ],
)
def test_what_is_not_possible_inside_a_callback(boot, misuse) -> None:
    bench = boot(LOAD)

    def read(offset: int, width: int) -> int:
        misuse(bench.core)
        return 0

    bench.core.map_device(DEVICE, 0x100, read, ignore)
    with pytest.raises(RuntimeError, match="inside a callback"):
        bench.core.run(10)
    bench.core.schedule(bench.core.ticks, lambda: misuse(bench.core))
    with pytest.raises(RuntimeError, match="inside a callback"):
        bench.core.run(20)


def test_what_is_possible_inside_a_callback(boot) -> None:
    bench = boot(LOAD)
    core = bench.core

    def read(offset: int, width: int) -> int:
        assert core.registers()["pc"] == core.pc
        core.write(0x2000_0000, b"dma!")
        core.write(0, core.read(0, 64))
        core.invalidate(0, 0x1000)
        core.set_irq(3, True)
        core.pend(4)
        core.cancel(core.schedule(5, lambda: None))
        return 3

    core.map_device(DEVICE, 0x100, read, ignore)
    core.run(20)
    assert (bench["r1"], bench["r2"], bench["r3"]) == (3, 3, 3)
    assert core.read(0x2000_0000, 4) == b"dma!"


def test_another_thread_cannot_touch_a_running_core_but_can_stop_it(boot) -> None:
    bench = boot("loop:   b loop\n")
    refused: list[str] = []

    def intrude() -> None:
        time.sleep(0.05)
        for act in (bench.core.registers, lambda: bench.core.run(1), lambda: bench.core.ticks):
            try:
                act()
            except RuntimeError as error:
                refused.append(str(error))
        bench.core.request_stop()

    thread = threading.Thread(target=intrude)
    thread.start()
    stop = bench.core.run(10**15, 20.0)
    thread.join()
    assert stop.kind is StopKind.REQUESTED
    # Now and then the thread meets the moment between two slices, and is served.
    assert all(text == "the core is running in another thread" for text in refused)
    assert refused


def test_a_deadline_that_has_passed(boot) -> None:
    bench = boot("loop:   b loop\n")
    bench.core.run(50)
    for until in (50, 49, 0):
        stop = bench.core.run(until)
        assert (stop.kind, stop.ticks, stop.instructions) == (StopKind.DEADLINE, 50, 50)


def test_the_longest_run_there_is(boot) -> None:
    bench = boot("loop:   wfi\n        b loop\n")
    assert bench.core.run(2**64 - 1).kind is StopKind.SLEEPING
    assert bench.core.ticks == 2**64 - 1
    assert bench.core.instructions == 1


def test_the_wall_limit(boot) -> None:
    bench = boot("loop:   b loop\n")
    begin = time.monotonic()
    stop = bench.core.run(10**15, 0.05)
    assert stop.kind is StopKind.WALL
    assert time.monotonic() - begin < 5


def test_control_c_ends_a_run(boot) -> None:
    bench = boot("loop:   b loop\n")
    timer = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])
    # A shell's background job starts with SIGINT ignored; a user's terminal does not.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            bench.core.run(10**15, 20.0)
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert bench.core.run(bench.core.ticks + 5).kind is StopKind.DEADLINE


def test_a_memoryview_keeps_the_memory_alive() -> None:
    core = Core("cortex-m4", Clocks.of_mips(1))
    view = core.map_memory(0x2000_0000, 0x100000, True)
    view[:4] = b"abcd"
    part = view[:16]
    del core, view
    gc.collect()
    churn = [bytearray(0x100000) for _ in range(8)]
    part[4:8] = b"efgh"
    assert bytes(part[:8]) == b"abcdefgh"
    assert len(churn) == 8


def test_cycles_through_callbacks_are_collected() -> None:
    class Device:
        def __init__(self, core: Core) -> None:
            self.core = core
            core.map_device(DEVICE, 0x100, self.read, self.write)
            core.schedule(1000, self.later)

        def read(self, offset: int, width: int) -> int:
            return self.core.ticks & 0xFF

        def write(self, offset: int, width: int, value: int) -> None: ...

        def later(self) -> None: ...

    device = Device(Core("cortex-m4", Clocks.of_mips(1)))
    alive = weakref.ref(device)
    del device
    gc.collect()
    assert alive() is None


def test_nothing_leaks_from_a_thousand_cores() -> None:
    def make() -> None:
        core = Core("cortex-m4", Clocks.of_mips(1))
        core.map_memory(0, 0x1000, False)
        core.map_device(DEVICE, 0x100, zero, ignore)
        core.schedule(5, lambda: None)

    make()
    gc.collect()
    before = sys.getrefcount(zero), sys.getrefcount(ignore)
    for _ in range(1000):
        make()
    gc.collect()
    assert (sys.getrefcount(zero), sys.getrefcount(ignore)) == before


def test_ranges_that_cannot_be_mapped(core: Core) -> None:
    core.map_memory(0x2000_0000, 0x1000, True)
    for base, size in ((0x2000_0000, 0x1000), (0x2000_0FFC, 0x10), (0x1FFF_F000, 0x1004)):
        with pytest.raises(ValueError, match="overlaps"):
            core.map_memory(base, size, True)
        with pytest.raises(ValueError, match="overlaps"):
            core.map_device(base, size, zero, ignore)
    for base, size in ((0, 0), (0xFFFF_F000, 0x2000), (0x3000_0001, 6)):
        with pytest.raises(ValueError, match="0x"):
            core.map_memory(base, size, True)
    for base, size in ((-4, 4), (0, 1 << 32), (1 << 40, 4)):
        with pytest.raises(ValueError, match="2\\*\\*32"):
            core.map_memory(base, size, True)
    with pytest.raises(ValueError, match="memory behind"):
        core.map_alias(0, 0x2000, 0x5000_0000)
    with pytest.raises(TypeError):
        core.map_device(DEVICE, 0x100, 1, 2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="read-only"):
        core.on_store(0x3000_0000, ignore)
    with pytest.raises(TypeError):
        core.on_store(0x2000_0000, None)  # type: ignore[arg-type]


def test_memory_read_and_written_from_outside(core: Core) -> None:
    core.map_memory(0x2000_0000, 0x1000, True)
    core.map_memory(0x2000_1000, 0x1000, True)
    core.map_alias(0x1000_0000, 0x1000, 0x2000_0000)
    core.write(0x2000_0FFE, b"abcd")
    assert core.read(0x2000_0FFE, 4) == b"abcd"
    assert core.read(0x1000_0FFE, 2) == b"ab"
    assert core.read(0x7000_0000, 0) == b""
    core.write(0x7000_0000, b"")
    for address, size in ((0x2000_1FFF, 2), (0x7000_0000, 1), (0x2000_0000, 0xFFFFFFFF)):
        with pytest.raises(ValueError, match="no memory"):
            core.read(address, size)
    with pytest.raises(ValueError, match="no memory"):
        core.write(0x2000_1FFE, b"abcd")
    with pytest.raises(TypeError):
        core.write(0x2000_0000, "abcd")  # type: ignore[arg-type]


def test_stores_to_flash_can_be_taken(boot) -> None:
    program = "        ldr r0, =0x1000\nstore:  str r0, [r0]\n        b .\n"
    bench = boot(program)
    stop = bench.core.run(100)
    assert stop.fault is not None and stop.fault.kind is FaultKind.FLASH_STORE
    assert (stop.pc, stop.fault.address) == (bench.symbols["store"], 0x1000)
    bench = boot(program)
    seen = []
    bench.core.on_store(0, lambda offset, width, value: seen.append((offset, width, value)))
    assert bench.core.run(100).kind is StopKind.DEADLINE
    assert seen == [(0x1000, 4, 0x1000)]


def test_registers_by_name(boot) -> None:
    bench = boot("        b .\n")
    names = list(bench.core.registers())
    assert len(names) == 16 + 8 + 32
    for name in names:
        before = bench[name]
        bench.core.write_register(name, before)
        assert bench[name] == before
    for name in ("r0", "r12", "lr", "s31"):
        bench.core.write_register(name, 0xFFFFFFFF)
        assert bench[name] == 0xFFFFFFFF
    bench.set(basepri=0xFF, pc=0x101, sp=0x2000_0007, primask=3)
    assert [bench[r] for r in ("basepri", "pc", "sp", "msp", "primask")] == [
        0xF0, 0x100, 0x2000_0004, 0x2000_0004, 1,
    ]  # fmt: skip
    bench.set(psp=0x2000_1000, control=2)
    assert [bench[r] for r in ("sp", "psp", "msp")] == [0x2000_1000, 0x2000_1000, 0x2000_0004]
    for name in ("r16", "s32", "", "PC", "x" * 1000):
        with pytest.raises(KeyError):
            bench.core.read_register(name)
    for value in (-1, 1 << 32):
        with pytest.raises(ValueError, match="2\\*\\*32"):
            bench.core.write_register("r0", value)
    with pytest.raises(ValueError, match="T bit"):
        bench.core.write_register("xpsr", 0)
    for name in (None, 3, b"r0"):
        with pytest.raises(KeyError):
            bench.core.read_register(name)  # type: ignore[arg-type]


def test_without_fpu_there_are_no_fp_registers() -> None:
    core = Core("cortex-m4", Clocks.of_mips(1))
    assert "s0" not in core.registers()
    with pytest.raises(KeyError):
        core.write_register("s0", 0)


def test_processors_and_options_that_do_not_exist() -> None:
    with pytest.raises(EngineError, match="cortex-m4, cortex-m4f"):
        Core("cortex-m33", Clocks.of_mips(1))
    too_little = dict.fromkeys(
        ("tick_hz", "systick_hz", "dwt_hz", "interrupts", "priority_mask"), 0
    )
    too_much = {"interrupts": 241, "priority_mask": 256, "initial_vtor": 64}
    for name, value in (*too_little.items(), *too_much.items()):
        with pytest.raises(ValueError, match="must be"):
            _native.Core(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _native.Core(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        _native.Core(colour=1)  # type: ignore[call-arg]


def test_a_core_that_was_not_initialised_refuses_everything() -> None:
    core = _native.Core.__new__(_native.Core)
    for name in dir(core):
        if name.startswith("__"):
            continue
        arguments: tuple[object, ...]
        for arguments in ((), (1,), (1, 1), (1, 1, 1), (1, 4, zero, ignore)):
            with pytest.raises((RuntimeError, TypeError)):
                getattr(core, name)(*arguments)
    core.__init__()  # type: ignore[misc]
    with pytest.raises(RuntimeError, match="already"):
        core.__init__()  # type: ignore[misc]


JUNK = st.one_of(
    st.none(),
    st.integers(-(2**70), 2**70),
    st.integers(0, 2**16),
    st.floats(),
    st.binary(),
    st.text(),
    st.just(zero),
    st.just(ignore),
    st.booleans(),
    st.sampled_from([0, 0xE000_E010, 0xE000_E100, 0xE000_ED04, 0x2000_0000, 0xFFFF_FFFC, DEVICE]),
)


@settings(max_examples=300, deadline=None)
@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from([n for n in dir(_native.Core) if not n.startswith("__")]),
            st.lists(JUNK, max_size=5),
        ),
        max_size=12,
    )
)
def test_junk_never_crashes(calls: list[tuple[str, list[object]]]) -> None:
    core = _native.Core()
    core.map_memory(0x2000_0000, 0x1000, True)
    core.map_memory(0, 0x1000, False)
    for name, arguments in calls:
        attribute = getattr(core, name)
        if not callable(attribute):
            continue
        if name == "run_until":
            arguments[:1] = [1000]
        if name == "map_memory" and len(arguments) > 1 and isinstance(arguments[1], int):
            arguments[1] %= 0x10_0000
        with contextlib.suppress(TypeError, ValueError, RuntimeError, KeyError, MemoryError):
            attribute(*arguments)


@settings(max_examples=200, deadline=None)
@given(code=st.binary(min_size=2, max_size=200), seed=st.integers(0, 2**32 - 1))
def test_random_code_never_crashes(code: bytes, seed: int) -> None:
    core = Core("cortex-m4f", Clocks.of_mips(100))
    flash = core.map_memory(0, 0x1000, False)
    core.map_memory(0x2000_0000, 0x4000, True)
    core.map_device(DEVICE, 0x100, zero, ignore)
    flash[0:4] = (0x2000_2000).to_bytes(4, "little")
    for vector in range(1, 64):
        flash[4 * vector : 4 * vector + 4] = (0x201).to_bytes(4, "little")
    flash[0x200 : 0x200 + len(code)] = code
    core.invalidate(0, 0x1000)
    core.reset()
    for n in range(13):
        core.write_register(f"r{n}", (seed * (n + 1)) & 0xFFFFFFFF)
    core.write_register("r0", 0xE000E100)
    stop = core.run(5000)
    assert stop.ticks <= 5000
