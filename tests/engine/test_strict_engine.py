"""Running, stopping, measuring: what the strict engine promises beside faults."""

from __future__ import annotations

import struct
import subprocess

import pytest

from simgate.board import find_board
from simgate.errors import EngineError, SymbolError, UartError
from simgate.image import Image
from simgate.machine import Machine
from simgate.result import StopReason, from_json, to_json

MIPS = 168_000_000

UART = """
    static void clock_on(void) { *(volatile unsigned *)0x40023840 |= 1u << 17; }
    static void uart_on(void) {
        clock_on();
        *(volatile unsigned *)0x40004408 = 0x2D;
        *(volatile unsigned *)0x4000440C = 0x202C;
    }
    static void put(char c) {
        while (!(*(volatile unsigned *)0x40004400 & 0x80)) { }
        *(volatile unsigned *)0x40004404 = (unsigned char)c;
    }
    static void print(const char *text) { while (*text) { put(*text++); } }
"""
CHATTER = (
    UART
    + """
    static volatile unsigned ticks;
    void SysTick_Handler(void) { ticks++; }
    int main(void) {
        *(volatile unsigned *)0xE000E014 = 167999;
        *(volatile unsigned *)0xE000E018 = 0;
        *(volatile unsigned *)0xE000E010 = 7;
        uart_on();
        for (unsigned seen = 0;;) {
            __asm volatile("wfi");
            if (ticks != seen) { seen = ticks; put('0' + seen % 10); put('\\n'); }
        }
    }
"""
)
HANG = (
    UART
    + """
    static volatile unsigned sink;
    __attribute__((noinline)) void stir(void) { for (int i = 0; i < 9; i++) { sink++; } }
    __attribute__((noinline)) void wait_for_ever(void) { for (;;) { stir(); } }
    int main(void) { uart_on(); print("hello\\n"); wait_for_ever(); }
"""
)


def test_a_run_ends_at_its_time_to_the_instruction(compile_c, machine_of):
    machine = machine_of(compile_c(HANG))
    for count in (1, 1000, 12345):
        before = machine.instructions
        halt = machine.run_for(count / MIPS)
        assert halt.reason is StopReason.TIME
        assert halt.instructions - before == count
    assert machine.time_s == pytest.approx(13346 / MIPS, abs=1e-12)


def test_how_a_run_is_cut_does_not_matter(compile_c, machine_of):
    elf = compile_c(CHATTER)
    results = []
    for pieces in (1, 7, 100):
        machine = machine_of(elf)
        for _ in range(pieces):
            machine.run_for(0.0700 / pieces)
        results.append((machine.instructions, machine.time_s, machine.registers()))
        results.append(machine.result().uart)
    assert results[:2] == results[2:4] == results[4:6]


def test_the_same_run_twice_is_the_same(compile_c, machine_of):
    elf = compile_c(CHATTER)
    first, second = (machine_of(elf) for _ in range(2))
    for machine in (first, second):
        machine.run_for(0.0205)
    assert [line.text for line in first.result().uart] == [str(n % 10) for n in range(1, 21)]
    assert first.result().uart == second.result().uart
    assert first.instructions == second.instructions
    assert first.registers() == second.registers()
    assert first.read_memory(0x20000000, 0x20000) == second.read_memory(0x20000000, 0x20000)


def test_sleep_takes_time_but_no_instructions(compile_c, machine_of):
    machine = machine_of(compile_c(CHATTER))
    machine.run_for(0.5)
    assert machine.time_s == 0.5
    assert machine.instructions < 500 * 200
    assert "asleep" in machine.whereabouts()


def test_a_line_of_the_uart_has_the_time_of_its_end(compile_c, machine_of):
    machine = machine_of(compile_c(CHATTER))
    machine.run_for(0.0035)
    times = [line.time_s for line in machine.result().uart]
    assert times == pytest.approx([0.001, 0.002, 0.003], abs=5e-6)


def test_a_wait_stops_at_the_match(compile_c, machine_of):
    machine = machine_of(compile_c(HANG))
    found = machine.terminal("sysbus.usart2").wait_for_line("hello")
    assert found.line == "hello"
    # the store to DR was under way when the byte was heard; it is finished now
    assert machine.time_s - found.timestamp / 1000 == pytest.approx(1 / MIPS)
    assert machine.instructions < 500
    assert machine.result().reason is StopReason.DONE
    assert machine.terminal("usart2") is machine.terminal("usart2")


def test_a_wait_in_vain_says_where_the_firmware_hangs(compile_c, machine_of):
    machine = machine_of(compile_c(HANG))
    with pytest.raises(UartError) as caught:
        machine.terminal("usart2").wait_for_line("ready", 0.01)
    text = str(caught.value)
    assert text.startswith("Terminal tester failed!\n\nFull report:\n")
    assert "] hello\n" in text
    assert "At 0.010000 s (1,680,000 instructions) the firmware is at 0x0800" in text
    assert "main.c:" in text
    assert "stir 3" in text or "stir 2" in text  # of 32 samples, nearly all are in there


def test_the_host_s_limit(compile_c, machine_of):
    machine = machine_of(compile_c(HANG), wall_limit_s=0.2)
    halt = machine.run_for(1e6)
    assert halt.reason is StopReason.WALL
    assert "the run took more than 0.2 s of the host's time" in halt.message
    assert "stir" in halt.message
    assert not machine.result().passed


def test_silence_is_explained_by_a_transmitter_that_is_off(compile_c, machine_of):
    machine = machine_of(
        compile_c(UART + 'int main(void) { clock_on(); print("lost"); for (;;) { } }')
    )
    machine.run_for(0.001)
    assert "4 bytes were written to DR while the transmitter was off" in machine.whereabouts()


def test_a_listener_may_stop_the_run(compile_c, machine_of):
    machine = machine_of(compile_c(HANG))
    machine.uart("usart2").listeners.append(
        lambda byte: machine.request_stop() if byte == ord("l") else None
    )
    halt = machine.run_for(1)
    assert halt.reason is StopReason.DONE
    assert [line.text for line in machine.result().uart] == ["hel"]
    assert machine.run_for(1).reason is StopReason.DONE
    assert [line.text for line in machine.result().uart] == ["hell"]


def test_a_callback_comes_at_its_time(compile_c, machine_of):
    machine = machine_of(compile_c(HANG))
    times = []
    machine.after(0.001, lambda: times.append(machine.instructions))
    machine.run_for(0.002)
    assert times == [168_000]


ECHO = (
    UART
    + """
    static volatile unsigned count;
    void USART2_IRQHandler(void) {
        if (*(volatile unsigned *)0x40004400 & 0x20) {
            unsigned byte = *(volatile unsigned *)0x40004404;
            count++;
            put((char)(byte + 1));
        }
    }
    int main(void) {
        uart_on();
        *(volatile unsigned *)0x4000440C |= 0x20;
        *(volatile unsigned *)0xE000E104 = 1u << 6;
        print("ready\\n");
        for (;;) { __asm volatile("wfi"); }
    }
"""
)


def test_bytes_go_in_by_interrupt_and_come_out(compile_c, machine_of):
    machine = machine_of(compile_c(ECHO))
    tester = machine.terminal("usart2")
    tester.wait_for_line("ready")
    machine.uart("usart2").write(b"HAL\x09")
    assert machine.uart("usart2").pending == 4
    assert tester.wait_for_next_line().line == "IBM"
    assert machine.uart("usart2").pending == 0


def test_a_whole_clip_arrives_byte_by_byte(compile_c, machine_of):
    source = ECHO.replace("put((char)(byte + 1));", "sum = sum * 31 + byte;").replace(
        "static volatile unsigned count;", "volatile unsigned count, sum;"
    )
    machine = machine_of(compile_c(source))
    machine.terminal("usart2").wait_for_line("ready")
    clip = bytes(n * 7 & 0xFF for n in range(32_000))
    machine.uart("usart2").write(clip)
    machine.run_for(0.02)
    expected = 0
    for byte in clip:
        expected = (expected * 31 + byte) & 0xFFFFFFFF
    words = [
        machine.read_memory(machine.image.symbol(name).address, 4) for name in ("count", "sum")
    ]
    assert [int.from_bytes(word, "little") for word in words] == [32_000, expected]


def test_delayed_characters_arrive_at_their_times(compile_c, machine_of):
    machine = machine_of(compile_c(ECHO))
    tester = machine.terminal("usart2")
    tester.wait_for_line("ready")
    began = machine.time_s
    tester.write_char_delay = 0.001
    tester.write("HAL\x09")
    found = tester.wait_for_line("IBM")
    assert found.timestamp / 1000 - began == pytest.approx(0.004, abs=2e-6)


def test_spans_of_a_recursive_function(compile_c, machine_of):
    source = """
        static volatile unsigned sink;
        __attribute__((noinline)) unsigned fib(unsigned n) {
            sink++;
            return n < 2 ? n : fib(n - 1) + fib(n - 2);
        }
        __attribute__((noinline)) void leaf(void) { sink++; }
        int main(void) { leaf(); fib(3); leaf(); for (;;) { } }
    """
    machine = machine_of(compile_c(source, "-fno-optimize-sibling-calls"), spans=("fib", "leaf"))
    machine.run_for(0.001)
    spans = machine.result().spans
    assert [span.function for span in spans] == ["leaf"] + ["fib"] * 5 + ["leaf"]
    whole = max((span for span in spans if span.function == "fib"), key=lambda s: s.instructions)
    assert all(whole.started <= span.started <= span.ended <= whole.ended for span in spans[1:6])
    assert spans[0].instructions == spans[-1].instructions
    # ldr, ldr, adds, str, bx
    assert spans[0].instructions == 5


LAYERS = """
    struct row {
        unsigned magic, op, tensor, address, size, start, end, type, rank; int shape[6];
        float scale; int zero; char name_of_op[28]; char name[96];
    };
    signed char input[4] = {1, 2, 3, 4}, middle[4], output[4];
    extern char at_0[], at_1[], at_2[];
    __attribute__((noinline)) void invoke(void) {
        __asm volatile(".global at_0\\n at_0:" : : : "memory");
        for (int i = 0; i < 4; i++) { middle[i] = (signed char)(input[i] * 2); }
        __asm volatile(".global at_1\\n at_1:" : : : "memory");
        for (int i = 0; i < 4; i++) { output[i] = (signed char)(middle[i] + 1); middle[i] = 99; }
        __asm volatile(".global at_2\\n at_2:" : : : "memory");
    }
    #define ROW(op, t, address, from, to, text) {0x314C4753, op, t, (unsigned)(address), 4, \\
        (unsigned)(from), (unsigned)(to), 9, 2, {1, 4}, 0.5f, 0, text, text}
    #define SECTION ".simgate.layers,\\"\\",%progbits//"
    __attribute__((section(SECTION), used)) const struct row rows[] = {
        ROW(0xFFFFFFFFu, 0, input, at_0, at_0, "INPUT"),
        ROW(0, 1, middle, at_0, at_1, "DOUBLE"),
        ROW(1, 1, middle, at_1, at_1, "RESHAPE"),
        ROW(2, 2, output, at_1, at_2, "INCREMENT"),
    };
    int main(void) { invoke(); input[0] = 7; invoke(); for (;;) { } }
"""


def test_layers_are_captured_when_they_are_complete(compile_c, machine_of):
    machine = machine_of(compile_c(LAYERS))
    machine.run_for(0.001)
    captures = machine.result().layers
    assert [(c.inference, c.row, c.data) for c in captures] == [
        (0, 0, bytes([1, 2, 3, 4])),
        (0, 1, bytes([2, 4, 6, 8])),
        (0, 2, bytes([2, 4, 6, 8])),
        (0, 3, bytes([3, 5, 7, 9])),
        (1, 0, bytes([7, 2, 3, 4])),
        (1, 1, bytes([14, 4, 6, 8])),
        (1, 2, bytes([14, 4, 6, 8])),
        (1, 3, bytes([15, 5, 7, 9])),
    ]
    for capture in captures:
        assert (capture.started == capture.ended) == (capture.row in (0, 2))
    assert captures[1].ended == captures[3].started
    lengths = [c.ended - c.started for c in captures]
    assert lengths[:4] == lengths[4:]
    assert from_json(to_json(machine.result())) == machine.result()


def test_a_layer_whose_output_is_nowhere(compile_c, machine_of):
    elf = compile_c(LAYERS.replace("2, output, at_1", "2, 0x60000000, at_1"))
    with pytest.raises(EngineError, match=r"row 3 .*INCREMENT.* at 0x60000000, where this board"):
        machine_of(elf)


def test_capturing_changes_nothing(compile_c, machine_of):
    elf = compile_c(LAYERS)
    watched, plain = machine_of(elf, spans=("invoke",)), machine_of(elf, capture_layers=False)
    for machine in (watched, plain):
        machine.run_for(0.001)
    assert plain.result().layers == ()
    assert watched.registers() == plain.registers()
    assert watched.instructions == plain.instructions


def test_the_stack_s_use(compile_c, machine_of):
    source = """
        __attribute__((noinline)) void deep(void) {
            volatile char room[200]; room[0] = 1; __asm volatile("" : : "r"(room));
        }
        int main(void) { deep(); for (;;) { } }
    """
    machine = machine_of(compile_c(source))
    machine.run_for(0.001)
    stack = machine.result().stack
    assert (stack.limit, stack.top) == (0x2001FC00, 0x20020000)
    assert 200 <= stack.used <= 240
    strict = machine_of(compile_c(source), stack_limit=0x20020000 - stack.used)
    assert strict.run_for(0.001).reason is StopReason.TIME
    tight = machine_of(compile_c(source), stack_limit=0x20020000 - stack.used + 8)
    assert tight.run_for(0.001).reason is StopReason.FAULT


def test_without_a_limit_the_result_says_that_it_was_not_checked(compile_c, machine_of, tmp_path):
    elf = compile_c("int main(void) { for (;;) { } }", "-Wl,--defsym=unused=0")
    stripped = tmp_path / "stripped.elf"
    subprocess.run(["arm-none-eabi-objcopy", "-N", "__stack_limit", elf, stripped], check=True)
    machine = machine_of(stripped)
    machine.run_for(0.001)
    assert machine.result().stack is None
    assert machine.result().not_checked == (
        "the main stack's limit (the image has no symbol __stack_limit)",
    )


def test_a_reset_by_the_firmware(compile_c, machine_of):
    source = (
        UART
        + """
        __attribute__((section(".noinit"))) unsigned boots;
        int main(void) {
            uart_on();
            put('A' + (char)(*(volatile unsigned *)0x20001000)++ % 26); put('\\n');
            if (*(volatile unsigned *)0x20001000 < 3) {
                *(volatile unsigned *)0xE000ED0C = 0x05FA0004;
            }
            for (;;) { }
        }
    """
    )
    machine = machine_of(compile_c(source))
    machine.run_for(0.001)
    assert [line.text for line in machine.result().uart] == ["A", "B", "C"]
    assert "It has reset itself 2 times." in machine.whereabouts()


def test_a_forgotten_clock_is_remarked_once(compile_c, machine_of):
    source = """
        int main(void) {
            for (int i = 0; i < 9; i++) { *(volatile unsigned *)0x40020000 = 1u << 10; }
            if (*(volatile unsigned *)0x40020000 == 0) {
                *(volatile unsigned *)0x40023830 |= 1u;
                *(volatile unsigned *)0x40020000 = 1u << 10;
            }
            for (;;) { }
        }
    """
    machine = machine_of(compile_c(source))
    machine.run_for(0.001)
    written, read, clock = machine.result().remarks
    assert written.startswith("gpioPortA was written while its clock is off (RCC)")
    assert read.startswith("gpioPortA was read while its clock is off (RCC)")
    assert clock.startswith("rcc: the firmware has the core at 16 MHz (HSE: 8 MHz), while time")
    assert machine.peripheral("gpioPortA").value("MODER") == 1 << 10


def test_sleeping_for_hours_takes_the_host_no_time(compile_c, machine_of):
    machine = machine_of(compile_c('int main(void) { for (;;) { __asm volatile("wfi"); } }'))
    assert machine.run_for(3600.0, wall_limit_s=5).reason is StopReason.TIME
    assert machine.time_s == 3600.0


def test_memory_and_registers_from_outside(compile_c, machine_of):
    machine = machine_of(compile_c("volatile unsigned x = 0x1234; int main(void) { for (;;) {} }"))
    machine.run_for(0.001)
    address = machine.image.symbol("x").address
    assert struct.unpack("<I", machine.read_memory(address, 4)) == (0x1234,)
    machine.write_memory(address, b"\x05\x00")
    assert machine.read_memory(address, 4) == b"\x05\0\0\0"
    assert machine.read_memory(0x08000000, 4) == machine.read_memory(0, 4)
    assert machine.read_memory(0x080FFFFC, 4) == b"\xff" * 4
    assert machine.registers()["sp"] <= 0x20020000
    with pytest.raises(EngineError, match="0x60000000"):
        machine.read_memory(0x60000000, 4)


def test_a_gpio_output_is_seen(compile_c, machine_of):
    source = """
        int main(void) {
            *(volatile unsigned *)0x40023830 |= 1u;
            *(volatile unsigned *)0x40020000 |= 1u << 10;
            *(volatile unsigned *)0x40020018 = 1u << 5;
            for (;;) { }
        }
    """
    machine = machine_of(compile_c(source))
    machine.run_for(0.001)
    assert machine.peripheral("gpioPortA").outputs == 1 << 5
    with pytest.raises(EngineError, match="gpioPortA"):
        machine.peripheral("gpioPortZ")


def test_touched_stubs_are_in_the_result(compile_c, machine_of):
    machine = machine_of(
        compile_c("int main(void) { (void)*(volatile unsigned *)0x4000284C; for (;;) {} }")
    )
    machine.run_for(0.001)
    assert machine.result().stubs == ("rtc: reserved offset 0x04c",)


TOO_LARGE = "const char big[1100000] = {1}; int main(void) { return big[12345]; }"


def test_an_image_that_is_too_large_says_by_how_much(compile_c):
    elf = compile_c(TOO_LARGE)
    with pytest.raises(EngineError, match=r"section \.text .* ends 5\d,\d{3} B .* beyond 'flash'"):
        Machine(find_board("stm32f407"), Image.read(elf))


def test_bss_beyond_the_ram(compile_c):
    elf = compile_c("char big[131073]; int main(void) { return big[5]; }")
    with pytest.raises(EngineError, match=r"section \.bss .* ends \d+ B beyond 'sram'"):
        Machine(find_board("stm32f407"), Image.read(elf))


def test_an_image_for_another_board(compile_c):
    elf = compile_c("int main(void) { for (;;) { } }", "-Wl,--section-start=.text=0x90000000")
    with pytest.raises(EngineError, match="where this board has no memory") as caught:
        Machine(find_board("stm32f407"), Image.read(elf))
    assert "flash 0x08000000 +1,048,576 B (1024.0 KiB)" in caught.value.hint


def test_names_that_are_not_there(compile_c):
    image = Image.read(compile_c("int main(void) { for (;;) { } }"))
    board = find_board("stm32f407")
    with pytest.raises(EngineError, match="no engine 'lenient'") as caught:
        Machine(board, image, engine="lenient")
    assert "strict" in caught.value.hint
    with pytest.raises(SymbolError):
        Machine(board, image, spans=("nothing",))
    with Machine(board, image) as machine, pytest.raises(UartError, match="usart9") as caught:
        machine.uart("usart9")
    assert "usart2" in caught.value.hint


def test_a_stop_that_is_not_below_the_stack(compile_c):
    image = Image.read(compile_c("int main(void) { for (;;) { } }"))
    with pytest.raises(EngineError, match="not below the initial SP"):
        Machine(find_board("stm32f407"), image, stack_limit=0x20020000)
