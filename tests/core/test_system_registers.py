"""Registers of the NVIC and of the system control block as firmware sees them."""

from __future__ import annotations

import pytest

from simgate.core import Clocks, Core, StopKind

ISER, ICER, ISPR, ICPR, IABR, IPR = (
    0xE000E100, 0xE000E180, 0xE000E200, 0xE000E280, 0xE000E300, 0xE000E400,
)  # fmt: skip
CPUID, ICSR, VTOR, AIRCR, SCR, CCR = (
    0xE000ED00, 0xE000ED04, 0xE000ED08, 0xE000ED0C, 0xE000ED10, 0xE000ED14,
)  # fmt: skip
SHPR1, SHPR2, SHPR3, SHCSR, CFSR, CPACR = (
    0xE000ED18, 0xE000ED1C, 0xE000ED20, 0xE000ED24, 0xE000ED28, 0xE000ED88,
)  # fmt: skip
STIR = 0xE000EF00


@pytest.fixture
def core() -> Core:
    return Core("cortex-m4f", Clocks.of_mips(100), interrupts=82)


def test_set_and_clear_enable(core: Core) -> None:
    core.store(ISER, 4, 0x5)
    core.store(ISER, 4, 0x2)
    assert core.load(ISER, 4) == core.load(ICER, 4) == 0x7
    core.store(ICER, 4, 0x1)
    assert core.load(ISER, 4) == 0x6


def test_set_and_clear_pending(core: Core) -> None:
    core.store(ISPR + 4, 4, 0x80000001)
    assert core.load(ISPR + 4, 4) == core.load(ICPR + 4, 4) == 0x80000001
    core.store(ICPR + 4, 4, 1)
    assert core.load(ISPR + 4, 4) == 0x80000000
    assert core.load(ISPR, 4) == 0


def test_only_wired_interrupts_exist(core: Core) -> None:
    for word in range(8):
        core.store(ISER + 4 * word, 4, 0xFFFFFFFF)
    assert [core.load(ISER + 4 * word, 4) for word in range(8)] == [
        0xFFFFFFFF, 0xFFFFFFFF, 0x3FFFF, 0, 0, 0, 0, 0,
    ]  # fmt: skip
    core.store(IPR + 80, 4, 0xFFFFFFFF)
    assert core.load(IPR + 80, 4) == 0x0000F0F0
    assert core.load(0xE000E004, 4) == 2
    with pytest.raises(ValueError, match="interrupt 82 does not exist"):
        core.pend(82)


def test_priorities_by_byte_halfword_and_word(core: Core) -> None:
    core.store(IPR + 1, 1, 0x50)
    core.store(IPR + 2, 2, 0x7060)
    assert core.load(IPR, 4) == 0x70605000
    assert core.load(IPR + 3, 1) == 0x70
    assert core.load(IPR + 2, 2) == 0x7060


def test_system_priorities_by_byte_as_cmsis_writes_them(core: Core) -> None:
    core.store(SHPR3 + 2, 1, 0xF0)
    core.store(SHPR3 + 3, 1, 0x80)
    core.store(SHPR2 + 3, 1, 0x40)
    core.store(SHPR1, 4, 0xFFFFFFFF)
    assert [core.load(r, 4) for r in (SHPR1, SHPR2, SHPR3)] == [0x00F0F0F0, 0x40000000, 0x80F00000]


def test_active_bits_cannot_be_written(core: Core) -> None:
    core.store(IABR, 4, 1)
    assert core.load(IABR, 4) == 0


def test_stir_pends(core: Core) -> None:
    core.store(STIR, 4, 33)
    assert core.load(ISPR + 4, 4) == 2
    core.store(STIR, 4, 200)
    assert core.load(STIR, 4) == 0


def test_icsr_tells_what_is_pending(core: Core) -> None:
    core.store(ISPR, 4, 1 << 5)
    assert core.load(ICSR, 4) == 1 << 22 | 1 << 11  # pending, not enabled
    core.store(ISER, 4, 1 << 5)
    assert core.load(ICSR, 4) == 1 << 22 | 21 << 12 | 1 << 11


def test_aircr_needs_its_key(core: Core) -> None:
    core.store(AIRCR, 4, 0x0000_0500)
    assert core.load(AIRCR, 4) == 0xFA05_0000
    core.store(AIRCR, 4, 0x05FA_0500)
    assert core.load(AIRCR, 4) == 0xFA05_0500
    core.store(AIRCR, 1, 0)
    assert core.load(AIRCR, 4) == 0xFA05_0500


def test_identification_of_a_cortex_m4(core: Core) -> None:
    assert core.load(CPUID, 4) == 0x410FC241
    assert core.load(CPUID + 2, 2) == 0x410F
    assert core.load(0xE000ED40, 4) == 0x30
    assert core.load(0xE000EF40, 4) == 0x10110021
    assert core.load(0xE000EF44, 4) == 0x11000011
    assert core.load(0xE000ED90, 4) == 0x800
    core.store(CPUID, 4, 0)
    assert core.load(CPUID, 4) == 0x410FC241


def test_ccr_scr_vtor_hold_their_own_bits_only(core: Core) -> None:
    assert core.load(CCR, 4) == 0x200
    for register, expected in ((CCR, 0x31B), (SCR, 0x16), (VTOR, 0xFFFFFF80)):
        core.store(register, 4, 0xFFFFFFFF)
        assert core.load(register, 4) == expected


def test_cpacr_is_absent_without_fpu() -> None:
    for cpu, expected in (("cortex-m4", 0), ("cortex-m4f", 0x00F00000)):
        core = Core(cpu, Clocks.of_mips(100))
        core.store(CPACR, 4, 0xFFFFFFFF)
        assert core.load(CPACR, 4) == expected


def test_fault_status_clears_by_ones_and_handlers_can_be_enabled(core: Core) -> None:
    core.store(CFSR, 4, 0xFFFFFFFF)
    assert core.load(CFSR, 4) == 0
    core.store(SHCSR, 4, 0x00070000)
    assert core.load(SHCSR, 4) == 0x00070000


def test_vtor_moves_the_table(boot) -> None:
    bench = boot(f"""
        ldr     r0, ={VTOR:#x}
        ldr     r1, =0x20000100
        str     r1, [r0]
        svc     #0
back:   b       .
other:  movs    r0, #0
        bx      lr
""")
    bench.core.write(0x2000_0100 + 4 * 11, (bench.symbols["other"] | 1).to_bytes(4, "little"))
    bench.run_to("other")
    assert bench.core.ipsr == 11
    bench.run_to("back")
    assert bench.log() == []


def test_a_reset_request_stops_the_run_and_reset_begins_anew(boot) -> None:
    bench = boot(f"""
        add     r4, r4, #1
        ldr     r0, ={AIRCR:#x}
        ldr     r1, =0x05FA0004
        str     r1, [r0]
wait:   b       wait
""")
    stop = bench.core.run(1000)
    assert (stop.kind, stop.pc, stop.instructions) == (StopKind.RESET, bench.symbols["wait"], 4)
    bench.set(r4=7)
    assert bench.core.reset()
    assert (bench["r4"], bench.core.pc) == (0, bench.symbols["reset"])
    assert bench.core.instructions == 4
    assert bench.core.run(1000).kind is StopKind.RESET


def test_reset_needs_a_vector_table() -> None:
    core = Core("cortex-m4f", Clocks.of_mips(100), initial_vtor=0x0800_0000)
    assert not core.reset()
    stop = core.run(10)
    assert (stop.kind, stop.instructions) == (StopKind.FAULT, 0)
    assert stop.fault is not None and stop.fault.address == 0x0800_0000
    flash = core.map_memory(0x0800_0000, 0x400, False)
    flash[:8] = bytes.fromhex("0010002000010008")  # reset vector without bit 0
    assert not core.reset()
    stop = core.run(10)
    assert stop.fault is not None and stop.fault.address == 0x0800_0100


@pytest.mark.parametrize(
    ("access", "words"),
    [("ldr     r1, [r0]", "load of 4"), ("strb    r1, [r0]", "store of 1")],
)
def test_unprivileged_code_has_no_access(boot, access: str, words: str) -> None:
    bench = boot(f"""
        movs    r0, #1
        msr     control, r0
        isb
        ldr     r0, ={VTOR:#x}
here:   {access}
        b       .
""")
    stop = bench.core.run(100)
    assert stop.kind is StopKind.FAULT
    assert stop.pc == bench.symbols["here"]
    assert stop.fault is not None
    assert stop.fault.message == f"unprivileged {words} bytes at {VTOR:#010x} in the system space"


@pytest.mark.parametrize("address", [0xE0003000, 0xE000F000, 0xE0030000])
def test_holes_in_the_system_space_are_unmapped(core: Core, address: int) -> None:
    with pytest.raises(ValueError, match="faults"):
        core.load(address, 4)


def test_dbgmcu_is_a_stub(core: Core) -> None:
    core.store(0xE0042004, 4, 1)
    assert core.load(0xE0042004, 4) == 0
    assert core.stubs_touched == (0xE0042004,)
