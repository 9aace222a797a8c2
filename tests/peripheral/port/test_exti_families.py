"""EXTI of F7 (RM0385, 11.9), G4 (RM0440, 15.5) and H7 (RM0433, 20.6)."""

from __future__ import annotations

import pytest

from simgate.peripheral.port.stm32f4_exti import Stm32F4Exti
from simgate.peripheral.port.stm32g4_exti import Stm32G4Exti
from simgate.peripheral.port.stm32h7_exti import Stm32H7Exti


@pytest.fixture
def g4(host):
    exti = Stm32G4Exti("exti", {}, host)
    exti.reset()
    return exti


@pytest.fixture
def h7(host):
    exti = Stm32H7Exti("exti", {}, host)
    exti.reset()
    return exti


def test_the_f7_has_a_line_more(host):
    exti = Stm32F4Exti("exti", {"numberOfOutputLines": 24}, host)
    exti.write(0, 4, 0xFFFFFFFF)
    assert exti.read(0, 4) == 0x00FFFFFF


def test_g4_reset_values(g4):
    values = {offset: g4.read(offset, 4) for offset in (*range(0, 0x18, 4), *range(0x20, 0x38, 4))}
    assert {offset: value for offset, value in values.items() if value} == {
        0x00: 0x1F840000,
        0x20: 0x00000C3C,
    }


def test_g4_second_bank(g4):
    g4.write(0x28, 4, 1 << 6)  # RTSR2, line 38
    g4.write(0x20, 4, 1 << 6)
    g4.input(38)(True)
    assert g4.read(0x34, 4) == 1 << 6
    assert g4.output(38).level
    g4.write(0x34, 4, 1 << 6)
    assert not g4.output(38).level


def test_g4_a_direct_line_passes_its_level_on(g4):
    line = g4.input(26)
    line(True)
    assert g4.output(26).level
    g4.write(0x00, 4, 0)
    assert not g4.output(26).level
    g4.write(0x00, 4, 1 << 26)
    assert g4.output(26).level
    line(False)
    assert not g4.output(26).level
    g4.write(0x08, 4, 0xFFFFFFFF)
    assert g4.read(0x08, 4) == 0xE07BFFFF  # no edge detector


def test_h7_reset_values(h7):
    offsets = (*range(0, 0x18, 4), *range(0x80, 0xAC, 4))
    values = {offset: h7.read(offset, 4) for offset in offsets if offset not in (0x8C, 0x9C)}
    assert {offset: value for offset, value in values.items() if value} == {0x80: 0xFFC00000}


def test_h7_edges_masks_and_software(h7):
    h7.write(0x04, 4, 1 << 13)  # FTSR1
    line = h7.input(13)
    line(True)
    assert h7.read(0x88, 4) == 0
    line(False)
    assert h7.read(0x88, 4) == 1 << 13
    assert not h7.output(13).level
    h7.write(0x80, 4, 1 << 13)
    assert h7.output(13).level
    h7.write(0x88, 4, 1 << 13)
    assert not h7.output(13).level
    h7.write(0x08, 4, 1 << 13)  # SWIER1
    assert h7.read(0x08, 4) == 0
    assert h7.read(0x88, 4) == 1 << 13
    assert h7.output(13).level


def test_a_chosen_edge_triggers_other_peripherals(h7, host):
    heard = []
    host.signal("EXTI_11").sinks.append(heard.append)
    line = h7.input(11)
    line(True)
    assert heard == []
    h7.write(0x00, 4, 1 << 11)
    line(False)
    line(True)
    assert heard == []  # masked: neither an interrupt nor an event
    h7.write(0x84, 4, 1 << 11)  # CPUEMR1
    line(False)
    line(True)
    assert heard == [True, False]
