"""How many instructions pass between an event and the first instruction of its handler.

The engine takes an interrupt between two instructions and spends no time on stacking: an
instruction that raises a line is the last one before the handler, and so is the one that is
executing when a timer ends, a pin moves or a byte comes in.
"""

from __future__ import annotations

import pytest

from simgate.board import find_board
from simgate.image import Image
from simgate.machine import Machine

VECTORS = """
    #define FIRST __asm volatile("nop")
    void SysTick_Handler(void) { FIRST; }
    void USART2_IRQHandler(void) { FIRST; (void)*(volatile unsigned *)0x40004404; }
    void EXTI0_IRQHandler(void) { FIRST; *(volatile unsigned *)0x40013C14 = 1; }
    void TIM6_DAC_IRQHandler(void) { FIRST; *(volatile unsigned *)0x40001010 = 0; }
    static void *table[128] __attribute__((aligned(512)));
    static void set_up(void) {
        for (unsigned i = 0; i < 16; i++) { table[i] = ((void **)0x08000000)[i]; }
        table[16 + 6] = (void *)EXTI0_IRQHandler;
        table[16 + 38] = (void *)USART2_IRQHandler;
        table[16 + 54] = (void *)TIM6_DAC_IRQHandler;
        *(void *volatile *)0xE000ED08 = table;
        *(volatile unsigned *)0x40023830 |= 3;                    /* GPIOA, GPIOB */
        *(volatile unsigned *)0x40023840 |= 1 << 17 | 1 << 4;     /* USART2, TIM6 */
        *(volatile unsigned *)0xE000E100 = 1 << 6;
        *(volatile unsigned *)0xE000E104 = 1 << 6 | 1 << 22;
    }
"""
PIN = """
        *(volatile unsigned *)0x40013C08 = 1;                     /* rising edges of line 0 */
        *(volatile unsigned *)0x40013C00 = 1;
"""
UART = """
        *(volatile unsigned *)0x40004408 = 0x2D;
        *(volatile unsigned *)0x4000440C = 0x2024;
"""
TIMER = """
        *(volatile unsigned *)0x4000102C = 9999;
        *(volatile unsigned *)0x4000100C = 1;
        *(volatile unsigned *)0x40001000 = 1;
"""
SYSTICK = """
        *(volatile unsigned *)0xE000E014 = 9999;
        *(volatile unsigned *)0xE000E018 = 0;
        *(volatile unsigned *)0xE000E010 = 7;
"""
BUSY = 'for (;;) { __asm volatile("nop\\n nop\\n nop\\n nop\\n nop\\n nop\\n nop"); }'
ASLEEP = 'for (;;) { __asm volatile("wfi"); }'
TICK_S = 1 / 168e6


class Bench:
    """A machine that goes on tick by tick."""

    def __init__(self, elf) -> None:
        self.machine = Machine(find_board("stm32f407"), Image.read(elf))
        self.machine.run_for(20e-6)

    def ticks_to(self, handler: str) -> int:
        """Ticks until the handler's first instruction has been executed, itself not counted."""
        entry = self.machine.image.symbol(handler).address
        for ticks in range(30_000):
            self.machine.run_for(TICK_S)
            if self.machine.registers()["pc"] == entry + 2:
                return ticks
        raise AssertionError(f"{handler} was never entered")


@pytest.fixture
def bench(compile_c):
    def make(set_up: str, then: str = BUSY) -> Bench:
        source = f"{VECTORS} int main(void) {{ set_up(); {set_up} {then} }}"
        return Bench(compile_c(source))

    return make


@pytest.mark.parametrize("then", [BUSY, ASLEEP])
def test_from_the_edge_of_a_pin(bench, then):
    on = bench(PIN, then)
    on.machine.peripheral("gpioPortA").input(0)(True)
    assert on.ticks_to("EXTI0_IRQHandler") == 0


@pytest.mark.parametrize("then", [BUSY, ASLEEP])
def test_from_a_byte_that_has_come_in(bench, then):
    on = bench(UART, then)
    on.machine.uart("usart2").write(b"x")
    assert on.ticks_to("USART2_IRQHandler") == 0


@pytest.mark.parametrize("then", [BUSY, ASLEEP])
def test_from_the_end_of_a_timer_s_count(bench, then):
    on = bench(TIMER, then)
    on.ticks_to("TIM6_DAC_IRQHandler")
    assert on.machine.peripheral("tim6").read(0x24, 4) == 0  # half a count has gone by
    assert on.ticks_to("TIM6_DAC_IRQHandler") == 20_000 - 1


@pytest.mark.parametrize("then", [BUSY, ASLEEP])
def test_from_the_end_of_systick_s_count(bench, then):
    on = bench(SYSTICK, then)
    on.ticks_to("SysTick_Handler")
    assert on.machine.engine._core.load(0xE000E018, 4) == 9999  # it pended at 0, a tick ago
    assert on.ticks_to("SysTick_Handler") == 10_000 - 1


def test_from_one_handler_to_the_next(bench):
    """Tail-chaining: nothing of the interrupted code runs between them."""
    on = bench(PIN + UART)
    on.machine.peripheral("gpioPortA").input(0)(True)
    on.machine.uart("usart2").write(b"x")
    assert on.ticks_to("EXTI0_IRQHandler") == 0
    second = on.machine.image.symbol("USART2_IRQHandler").address
    within = []
    while (pc := on.machine.registers()["pc"]) != second + 2:
        within.append(on.machine.image.function_at(pc).name)
        on.machine.run_for(TICK_S)
    assert set(within) == {"EXTI0_IRQHandler", "USART2_IRQHandler"}
    assert within.count("USART2_IRQHandler") <= 1  # entered, its first instruction still to come


def test_from_the_store_that_moves_a_wired_pin(compile_c, tmp_path):
    """PB0 is wired to PA0: the handler's first instruction follows the store."""
    source = f"""{VECTORS}
        __attribute__((naked)) void move(unsigned at, unsigned value) {{
            (void)at, (void)value;
            __asm volatile("str r1, [r0]\\n after: nop\\n nop\\n bx lr\\n .global after");
        }}
        int main(void) {{
            set_up(); {PIN}
            *(volatile unsigned *)0x40020400 |= 1;
            move(0x40020418, 1);
            for (;;) {{ }}
        }}
    """
    wire = tmp_path / "wire.repl"
    wire.write_text("gpioPortB:\n    0 -> gpioPortA@0\n")
    machine = Machine(find_board("stm32f407", extra=[wire]), Image.read(compile_c(source)))
    move = machine.image.symbol("move").address
    while machine.registers()["pc"] != move:
        machine.run_for(TICK_S)
    machine.run_for(TICK_S)
    entry = machine.image.symbol("EXTI0_IRQHandler").address
    assert machine.registers()["pc"] in (entry, move + 2)  # taken before the next instruction
    machine.run_for(TICK_S)
    assert machine.registers()["pc"] == entry + 2
