"""PWR, SYSCFG, the declared stubs, the OR gate, and the registry."""

from __future__ import annotations

import pytest

from simgate.errors import EngineError
from simgate.peripheral.base import PeripheralError
from simgate.peripheral.clock.stm32_pwr import CR, CSR, Stm32Pwr
from simgate.peripheral.port.combined_input import CombinedInput
from simgate.peripheral.port.stm32_syscfg import CMPCR, MEMRMP, Stm32Syscfg
from simgate.peripheral.registry import find_model, known_models, peripheral
from simgate.peripheral.stub import Stub

VOSRDY = 1 << 14


def test_pwr_reset_values_and_the_regulator_settles(host):
    pwr = Stm32Pwr("pwr", {}, host)
    assert (pwr.read(CR, 4), pwr.read(CSR, 4)) == (0x4000, 0)
    host.advance(50e-6)
    assert pwr.read(CSR, 4) == VOSRDY
    pwr.write(CR, 4, 0xC000)
    assert pwr.read(CSR, 4) == 0
    host.advance(50e-6)
    assert pwr.read(CSR, 4) == VOSRDY


def test_over_drive_is_ready_when_it_is_on(host):
    pwr = Stm32Pwr("pwr", {}, host)
    pwr.write(CR, 4, 0x1C000)
    assert pwr.read(CSR, 4) & 0x30000 == 0x10000
    pwr.write(CR, 4, 0x3C000)
    assert pwr.read(CSR, 4) & 0x30000 == 0x30000


def test_pwr_flag_clears_read_as_zero(host):
    pwr = Stm32Pwr("pwr", {}, host)
    pwr.write(CR, 4, 0x410C)
    assert pwr.read(CR, 4) == 0x4100


def test_syscfg(host):
    syscfg = Stm32Syscfg("syscfg", {}, host)
    syscfg.write(0x08, 4, 0x1234)
    assert syscfg.read(0x08, 4) == 0x1234
    syscfg.write(CMPCR, 4, 1)
    assert syscfg.read(CMPCR, 4) == 0x101
    syscfg.write(MEMRMP, 4, 0)
    with pytest.raises(PeripheralError, match="MEMRMP"):
        syscfg.write(MEMRMP, 4, 3)


def test_a_stub_reads_back_and_is_reported(host):
    stub = Stub("crs", {}, host)
    stub.reset()
    read, write = stub.region(None)
    write(0x24, 4, 0xCA)
    write(0x25, 1, 0x53)
    assert read(0x24, 4) == 0x53CA
    assert set(host.notes) == {"crs (Miscellaneous.Stub)"}


def test_an_or_gate(host):
    gate = CombinedInput("nvicInput23", {"numberOfInputs": 2}, host)
    levels = []
    gate.output(None).sinks.append(levels.append)
    for line, level in ((0, True), (1, True), (0, False), (1, False)):
        gate.input(line)(level)
    assert levels == [True, False]
    with pytest.raises(KeyError):
        gate.input(2)


def test_the_registry_knows_the_models_of_the_board():
    assert {
        "UART.STM32_UART",
        "Miscellaneous.STM32F4_RCC",
        "Miscellaneous.STM32_PWR",
        "MTD.STM32F4_FlashController",
        "GPIOPort.STM32_GPIOPort",
        "IRQControllers.STM32F4_EXTI",
    } <= set(known_models())
    assert find_model("Miscellaneous.STM32_PWR") is Stm32Pwr
    assert find_model("CAN.STMCAN") is None
    with pytest.raises(ValueError, match="two models"):
        peripheral("Miscellaneous.STM32_PWR")(Stm32Pwr)


def test_an_attribute_of_the_wrong_kind(host):
    with pytest.raises(EngineError, match="'numberOfInputs' must be a whole number"):
        CombinedInput("gate", {"numberOfInputs": "two"}, host)
