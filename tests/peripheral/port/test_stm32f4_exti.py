from __future__ import annotations

import pytest

from simgate.peripheral.port.stm32f4_exti import FTSR, IMR, PR, RTSR, SWIER, Stm32F4Exti


@pytest.fixture
def exti(host):
    return Stm32F4Exti("exti", {"numberOfOutputLines": 23}, host)


def test_the_chosen_edge_pends_and_the_mask_decides_about_the_interrupt(exti):
    line = exti.input(3)
    exti.write(RTSR, 4, 1 << 3)
    line(True)
    assert exti.read(PR, 4) == 1 << 3
    assert not exti.output(3).level
    exti.write(IMR, 4, 1 << 3)
    assert exti.output(3).level
    exti.write(PR, 4, 1 << 3)
    assert exti.read(PR, 4) == 0
    assert not exti.output(3).level
    line(False)
    assert exti.read(PR, 4) == 0
    exti.write(FTSR, 4, 1 << 3)
    line(True)
    exti.write(PR, 4, 1 << 3)
    line(False)
    assert exti.read(PR, 4) == 1 << 3


def test_writing_one_line_of_pr_leaves_the_others(exti):
    exti.write(RTSR, 4, 0x0303)
    for line in (0, 1, 8, 9):
        exti.input(line)(True)
    exti.write(PR + 1, 1, 0x01)
    assert exti.read(PR, 4) == 0x0203


def test_software_interrupts(exti):
    exti.write(IMR, 4, 1 << 7)
    exti.write(SWIER, 4, 1 << 7 | 1 << 8)
    assert exti.read(PR, 4) == 1 << 7  # line 8 is masked
    assert exti.output(7).level
    exti.write(PR, 4, 1 << 7)
    assert exti.read(SWIER, 4) == 1 << 8


def test_lines_that_are_not_there(exti):
    with pytest.raises(KeyError):
        exti.input(23)
    with pytest.raises(KeyError):
        exti.output(23)
