"""DMAMUX against RM0440, section 13, and RM0433, section 17."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.dma.service import BEAT_TICKS
from simgate.peripheral.dma.stm32_dmamux import Stm32Dmamux
from simgate.peripheral.dma.stm32g0_dma import Stm32G0Dma

CSR, CFR, RG0CR, RGSR, RGCFR = 0x80, 0x84, 0x100, 0x140, 0x144
SOIE, EGE, SE, RISING = 1 << 8, 1 << 9, 1 << 16, 1 << 17
OIE, GE = 1 << 8, 1 << 16
ADC1, TIM2_UP = 5, 60


def times(count):
    return count - 1 << 19


@pytest.fixture
def mux(host):
    model = Stm32Dmamux(
        "dmamux1",
        {"numberOfOutputRequestChannels": 16, "numberOfRequestGeneratorChannels": 4},
        host,
    )
    model.reset()
    return model


@pytest.fixture
def dma(host, mux):
    """DMA1, wired as the description does it, channel 1 ready for ten items."""
    model = Stm32G0Dma("dma1", {}, host)
    for channel in range(8):
        mux.output(channel).sinks.append(model.input(channel + 1))
    host.windows.append((0x4000_0000, 0x400, lambda offset, width: 7, lambda *args: None))
    model.reset()
    _, write = model.region(None)
    write(0x0C, 4, 10)
    write(0x10, 4, 0x4000_0000)
    write(0x14, 4, host.RAM)
    write(0x08, 4, 0x81)
    return model


def left(dma):
    return dma.region(None)[0](0x0C, 4)


def test_reset_values(mux):
    read, _ = mux.region(None)
    assert all(read(offset, 4) == 0 for offset in range(0, 0x148, 4))


def test_unknown_shape(host):
    with pytest.raises(EngineError, match="G4: 16 and 4"):
        Stm32Dmamux("dmamux1", {"numberOfOutputRequestChannels": 12}, host)


def test_passes_the_selected_request_only(host, mux, dma):
    _, write = mux.region(None)
    write(0, 4, TIM2_UP)
    host.signal("ADC1").pulse()
    assert left(dma) == 10
    host.signal("TIM2_UP").pulse()
    assert left(dma) == 9
    write(0, 4, ADC1)
    host.signal("TIM2_UP").pulse()
    host.signal("ADC1").pulse()
    assert left(dma) == 8


def test_a_level_that_is_high_when_selected(host, mux, dma):
    host.signal("ADC1").set(True)
    mux.region(None)[1](0, 4, ADC1)
    assert left(dma) == 9


def test_requests_by_number_as_renode_wires_them(host, mux, dma):
    mux.region(None)[1](0, 4, ADC1)
    mux.input(ADC1)(True)
    assert left(dma) == 9
    with pytest.raises(KeyError):
        mux.input(0)


def test_synchronisation_lets_so_many_through(host, mux, dma):
    read, write = mux.region(None)
    write(0, 4, ADC1 | SE | RISING | times(2) | 3 << 24)  # EXTI 3
    host.signal("ADC1").set(True)
    host.advance_ticks(10 * BEAT_TICKS)
    assert left(dma) == 10
    host.signal("EXTI_3").pulse()
    host.advance_ticks(10 * BEAT_TICKS)
    assert left(dma) == 8
    host.signal("EXTI_3").pulse()
    host.advance_ticks(10 * BEAT_TICKS)
    assert left(dma) == 6
    assert read(CSR, 4) == 0


def test_synchronisation_overrun(host, mux, dma):
    read, write = mux.region(None)
    write(0, 4, ADC1 | SE | SOIE | RISING | times(2))
    host.signal("EXTI_0").pulse()
    host.signal("EXTI_0").pulse()
    assert read(CSR, 4) == 1
    assert mux.output(None).level
    write(CFR, 4, 1)
    assert read(CSR, 4) == 0
    assert not mux.output("IRQ").level


def test_event_after_so_many_requests(host, mux, dma):
    events = []
    host.signal("DMAMUX1_EVT0").sinks.append(events.append)
    mux.region(None)[1](0, 4, ADC1 | EGE | times(3))
    for _ in range(7):
        host.signal("ADC1").pulse()
    assert events.count(True) == 2


def test_generator_makes_so_many_requests(host, mux, dma):
    read, write = mux.region(None)
    write(0, 4, 2)  # generator 1
    write(RG0CR + 4, 4, GE | RISING | times(3) | 20)  # LPTIM1
    host.signal("LPTIM1_OUT").pulse()
    host.advance_ticks(10 * BEAT_TICKS)
    assert left(dma) == 7
    assert read(RGSR, 4) == 0


def test_generator_overrun(host, mux):
    read, write = mux.region(None)
    write(RG0CR, 4, GE | OIE | RISING | 20)
    host.signal("LPTIM1_OUT").pulse()  # nobody serves it
    host.signal("LPTIM1_OUT").pulse()
    assert read(RGSR, 4) == 1
    assert mux.output(None).level
    write(RGCFR, 4, 1)
    assert not mux.output(None).level


def test_wrong_request_is_told(host, mux, dma):
    mux.region(None)[1](0, 4, TIM2_UP)
    host.signal("ADC1").set(True)
    assert mux.remarks() == (
        "dmamux1 channel 0 selects request 60, TIM2_UP: it never came; "
        "ADC1 (DMAREQ_ID 5) asks in vain",
    )
    host.signal("TIM2_UP").pulse()
    assert mux.remarks() == ()


def test_number_without_a_request_is_told(host, mux):
    mux.region(None)[1](0, 4, 127)
    assert "to which nothing is connected" in mux.remarks()[0]


@pytest.mark.parametrize(
    ("shape", "number", "name"),
    [  # RM0440, table 91; RM0433, tables 121 and 124
        ((16, 4), 26, "USART2_RX"),
        ((16, 4), 115, "UCPD1_TX"),
        ((16, 8), 43, "USART2_RX"),
        ((16, 8), 75, "DCMI"),
        ((16, 8), 115, "ADC3"),
        ((8, 8), 9, "LPUART1_RX"),
        ((8, 8), 17, "ADC3"),
    ],
)
def test_tables(host, shape, number, name):
    channels, generators = shape
    model = Stm32Dmamux(
        "mux",
        {
            "numberOfOutputRequestChannels": channels,
            "numberOfRequestGeneratorChannels": generators,
        },
        host,
    )
    model.reset()
    model.region(None)[1](0, 4, number)
    host.signal(name).set(True)
    assert model.output(0).level
