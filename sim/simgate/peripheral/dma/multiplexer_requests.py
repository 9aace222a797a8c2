"""What the multiplexers select from: requests, synchronisation and trigger inputs by number.

RM0440, 13.3.2, tables 91 to 93 (G4); RM0433, 17.3.2, tables 121 to 126 (H7). Names are those of
the chip's inner lines; "-" is a number to which nothing is connected.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of one multiplexer, each by its number."""

    requests: tuple[str, ...]  # 0 is none: memory to memory
    synchronisations: tuple[str, ...]
    triggers: tuple[str, ...]  # of the request generators


def _pair(name: str) -> str:
    return f"{name}_RX {name}_TX"


def _numbered(name: str, first: int, last: int, suffix: str = "") -> str:
    return " ".join(f"{name}{number}{suffix}" for number in range(first, last + 1))


def _names(*groups: str) -> tuple[str, ...]:
    return tuple(name for group in groups for name in group.split())


def _g4() -> Inputs:
    events = (_numbered("EXTI_", 0, 15), _numbered("DMAMUX1_EVT", 0, 3), "LPTIM1_OUT")
    requests = _names(
        "MEM2MEM",
        _numbered("GENERATOR", 0, 3),
        "ADC1 DAC1_CH1 DAC1_CH2 TIM6_UP TIM7_UP",
        *(_pair(f"SPI{n}") for n in (1, 2, 3)),
        *(_pair(f"I2C{n}") for n in (1, 2, 3, 4)),
        *(_pair(name) for name in ("USART1", "USART2", "USART3", "UART4", "UART5", "LPUART1")),
        "ADC2 ADC3 ADC4 ADC5 QUADSPI DAC2_CH1",
        *(f"{_numbered(f'{t}_CH', 1, 4)} {t}_UP {t}_TRIG {t}_COM" for t in ("TIM1", "TIM8")),
        f"{_numbered('TIM2_CH', 1, 4)} TIM2_UP",
        f"{_numbered('TIM3_CH', 1, 4)} TIM3_UP TIM3_TRIG",
        f"{_numbered('TIM4_CH', 1, 4)} TIM4_UP",
        f"{_numbered('TIM5_CH', 1, 4)} TIM5_UP TIM5_TRIG",
        "TIM15_CH1 TIM15_UP TIM15_TRIG TIM15_COM TIM16_CH1 TIM16_UP TIM17_CH1 TIM17_UP",
        f"{_numbered('TIM20_CH', 1, 4)} TIM20_UP AES_IN AES_OUT TIM20_TRIG TIM20_COM",
        "HRTIM1_M HRTIM1_A HRTIM1_B HRTIM1_C HRTIM1_D HRTIM1_E HRTIM1_F",
        "DAC3_CH1 DAC3_CH2 DAC4_CH1 DAC4_CH2",
        _pair("SPI4"),
        "SAI1_A SAI1_B FMAC_READ FMAC_WRITE CORDIC_READ CORDIC_WRITE UCPD1_RX UCPD1_TX",
    )
    return Inputs(requests, _names(*events), _names(*events))


def _h7_domain2() -> Inputs:
    events = (_numbered("DMAMUX1_EVT", 0, 2), _numbered("LPTIM", 1, 3, "_OUT"))
    last = "EXTI_0 TIM12_TRGO"
    requests = _names(
        "MEM2MEM",
        _numbered("GENERATOR", 0, 7),
        "ADC1 ADC2",
        f"{_numbered('TIM1_CH', 1, 4)} TIM1_UP TIM1_TRIG TIM1_COM",
        f"{_numbered('TIM2_CH', 1, 4)} TIM2_UP",
        f"{_numbered('TIM3_CH', 1, 4)} TIM3_UP TIM3_TRIG",
        f"{_numbered('TIM4_CH', 1, 3)} TIM4_UP",
        *(_pair(name) for name in ("I2C1", "I2C2", "SPI1", "SPI2", "USART1", "USART2", "USART3")),
        f"{_numbered('TIM8_CH', 1, 4)} TIM8_UP TIM8_TRIG TIM8_COM -",
        f"{_numbered('TIM5_CH', 1, 4)} TIM5_UP TIM5_TRIG",
        *(_pair(name) for name in ("SPI3", "UART4", "UART5")),
        "DAC1_CH1 DAC1_CH2 TIM6_UP TIM7_UP",
        *(_pair(name) for name in ("USART6", "I2C3")),
        "DCMI CRYP_IN CRYP_OUT HASH_IN",
        *(_pair(name) for name in ("UART7", "UART8", "SPI4", "SPI5")),
        "SAI1_A SAI1_B SAI2_A SAI2_B SWPMI_RX SWPMI_TX SPDIFRX_DT SPDIFRX_CS",
        "HRTIM_M HRTIM_A HRTIM_B HRTIM_C HRTIM_D HRTIM_E",
        _numbered("DFSDM1_FLT", 0, 3),
        "TIM15_CH1 TIM15_UP TIM15_TRIG TIM15_COM TIM16_CH1 TIM16_UP TIM17_CH1 TIM17_UP",
        "SAI3_A SAI3_B ADC3",
    )
    return Inputs(requests, _names(*events, last), _names(*events, last))


def _h7_domain3() -> Inputs:
    requests = _names(
        "MEM2MEM",
        _numbered("GENERATOR", 0, 7),
        *(_pair(name) for name in ("LPUART1", "SPI6", "I2C4")),
        "SAI4_A SAI4_B ADC3",
    )
    synchronisations = _names(
        _numbered("DMAMUX2_EVT", 0, 5),
        "LPUART1_RX_WKUP LPUART1_TX_WKUP LPTIM2_OUT LPTIM3_OUT I2C4_WKUP SPI6_WKUP COMP1_OUT",
        "RTC_WKUP EXTI_0 EXTI_2",
    )
    triggers = _names(
        _numbered("DMAMUX2_EVT", 0, 6),
        "LPUART1_RX_WKUP LPUART1_TX_WKUP LPTIM2_WKUP LPTIM2_OUT LPTIM3_WKUP LPTIM3_OUT",
        "LPTIM4_WKUP LPTIM5_WKUP I2C4_WKUP SPI6_WKUP COMP1_OUT COMP2_OUT RTC_WKUP",
        "EXTI_0 EXTI_2 I2C4_IT SPI6_IT LPUART1_TX_IT LPUART1_RX_IT ADC3_IT ADC3_AWD1",
        "BDMA_CH0_IT BDMA_CH1_IT",
    )
    return Inputs(requests, synchronisations, triggers)


_TABLES = {(16, 4): _g4, (16, 8): _h7_domain2, (8, 8): _h7_domain3}


def multiplexer_inputs(channels: int, generators: int) -> Inputs | None:
    """The inputs of the multiplexer that has so many channels and generators.

    Args:
        channels: output request channels: 16 are G4's DMAMUX or H7's DMAMUX1, 8 H7's DMAMUX2.
        generators: request generators: G4 has 4, H7 8.

    Returns:
        None: none of our chips has such a one.
    """
    make = _TABLES.get((channels, generators))
    return make() if make is not None else None
