from __future__ import annotations

import pytest

from simgate.peripheral.port.stm32_gpio_port import (
    AFRH,
    AFRL,
    BSRR,
    IDR,
    LCKR,
    MODER,
    ODR,
    OTYPER,
    PUPDR,
    Stm32GpioPort,
)


@pytest.fixture
def port(host):
    return Stm32GpioPort("gpioPortC", {}, host)


def test_port_a_comes_up_with_its_debug_pins(host):
    attributes = {"modeResetValue": 0xA8000000, "pullUpPullDownResetValue": 0x64000000}
    port = Stm32GpioPort("gpioPortA", attributes, host)
    port.reset()
    assert port.read(MODER, 4) == 0xA8000000
    assert port.read(PUPDR, 4) == 0x64000000
    assert port.read(IDR, 4) == 1 << 15 | 1 << 13  # the two that are pulled up
    assert port.alternate_function(13) == 0
    assert port.alternate_function(12) is None


def test_an_output_shows_in_odr_idr_and_on_its_wire(port):
    port.write(MODER, 4, 1 << 2 * 5)
    changes = []
    port.listeners.append(lambda pin, level: changes.append((pin, level)))
    port.write(BSRR, 4, 1 << 5)
    assert (port.read(ODR, 4), port.read(IDR, 4), port.outputs) == (0x20, 0x20, 0x20)
    assert port.output(5).level
    port.write(BSRR, 4, 1 << 21)
    assert port.outputs == 0
    assert changes == [(5, True), (5, False)]


def test_set_wins_over_reset(port):
    port.write(BSRR, 4, 0x00010001)
    assert port.read(ODR, 4) == 1


def test_narrow_bsrr_writes_reach_their_half(port):
    port.write(BSRR, 2, 0x0003)
    port.write(BSRR + 2, 2, 0x0001)
    assert port.read(ODR, 4) == 2
    assert port.read(BSRR, 4) == 0


def test_an_input_shows_what_drives_it_or_pulls_it(port):
    port.write(PUPDR, 4, 0b10_01)  # pin 0 up, pin 1 down
    assert port.read(IDR, 4) == 1
    port.input(0)(False)
    port.input(1)(True)
    assert port.read(IDR, 4) == 2
    assert port.output(1).level


def test_an_open_drain_one_leaves_the_pin_to_the_outside(port):
    port.write(MODER, 4, 1)
    port.write(OTYPER, 4, 1)
    port.write(ODR, 4, 1)
    assert port.read(IDR, 4) == 0
    port.input(0)(True)
    assert port.read(IDR, 4) == 1
    port.write(ODR, 4, 0)
    assert port.read(IDR, 4) == 0


def test_alternate_functions_of_both_halves(port):
    port.write(MODER, 4, 2 << 2 * 2 | 2 << 2 * 9)
    port.write(AFRL, 4, 7 << 4 * 2)
    port.write(AFRH, 4, 4 << 4 * 1)
    assert (port.alternate_function(2), port.alternate_function(9)) == (7, 4)


def lock(port, pins):
    for key in (1 << 16, 0, 1 << 16):
        port.write(LCKR, 4, key | pins)


def test_the_lock_sequence_freezes_the_pins_until_reset(port):
    port.write(MODER, 4, 0b01_01)
    lock(port, 1)
    assert port.read(LCKR, 4) == 1 << 16 | 1
    port.write(MODER, 4, 0)
    assert port.read(MODER, 4) == 0b00_01
    port.reset()
    port.write(MODER, 4, 2)
    assert port.read(MODER, 4) == 2


@pytest.mark.parametrize(
    "writes",
    [
        [1 << 16 | 1, 1, 1],
        [1 << 16 | 1, 1, 1 << 16 | 2],
        [1, 1 << 16 | 1],
        [1 << 16 | 1, 1 << 16 | 1, 1],
    ],
)
def test_any_other_sequence_locks_nothing(port, writes):
    for value in writes:
        port.write(LCKR, 4, value)
    assert not port.read(LCKR, 4) & 1 << 16
    port.write(MODER, 4, 3)
    assert port.read(MODER, 4) == 3


def test_brr_is_there_on_g4_only(host):
    port = Stm32GpioPort("gpioPortC", {"bitResetRegister": True}, host)
    port.write(ODR, 4, 0xFF)
    port.write(0x28, 4, 0x0F)
    assert (port.read(ODR, 4), port.read(0x28, 4)) == (0xF0, 0)
    assert host.notes == []
    port = Stm32GpioPort("gpioPortC", {}, host)
    port.write(0x28, 4, 0x0F)
    assert host.notes == ["gpioPortC: reserved offset 0x028"]


def test_a_port_of_g4_and_h7_comes_up_in_analogue_mode(host):
    port = Stm32GpioPort("gpioPortC", {"modeResetValue": 0xFFFFFFFF}, host)
    port.reset()
    port.input(3)(True)
    assert port.read(IDR, 4) == 0
    port.write(MODER, 4, 0xFFFFFF3F)
    assert port.read(IDR, 4) == 1 << 3


def test_an_alternate_function_drives_the_pin_that_is_switched_to_it(host):
    port = Stm32GpioPort("gpioPortA", {}, host)
    drive = port.local_input(5, 1)
    drive(True)
    assert port.read(IDR, 4) == 0
    port.write(AFRL, 4, 1 << 20)
    port.write(MODER, 4, 2 << 10)
    assert port.read(IDR, 4) == 1 << 5
    levels = []
    port.output(5).sinks.append(levels.append)
    drive(False)
    drive(True)
    assert levels == [False, True]
    port.write(AFRL, 4, 2 << 20)
    assert port.read(IDR, 4) == 0
