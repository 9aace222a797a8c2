"""Which request each channel of each stream listens to, by the names of the chip's inner lines.

RM0090, 10.3.3, tables 42 and 43 (F405/407/415/417) and RM0385, 8.3.3, tables 24 and 25 (F74x): a
row is a channel (SxCR.CHSEL), a column a stream. Several requests in one place are ORed.
"""

from __future__ import annotations

from collections.abc import Mapping

CHANNELS = 8
STREAMS = 8

_DMA1_F4 = """
SPI3_RX         -                SPI3_RX         SPI2_RX             SPI2_TX             SPI3_TX       -                SPI3_TX
I2C1_RX         -                TIM7_UP         -                   TIM7_UP             I2C1_RX       I2C1_TX          I2C1_TX
TIM4_CH1        -                I2S3_EXT_RX     TIM4_CH2            I2S2_EXT_TX         I2S3_EXT_TX   TIM4_UP          TIM4_CH3
I2S3_EXT_RX     TIM2_UP|TIM2_CH3 I2C3_RX         I2S2_EXT_RX         I2C3_TX             TIM2_CH1      TIM2_CH2|TIM2_CH4 TIM2_UP|TIM2_CH4
UART5_RX        USART3_RX        UART4_RX        USART3_TX           UART4_TX            USART2_RX     USART2_TX        UART5_TX
UART8_TX        UART7_TX         TIM3_CH4|TIM3_UP UART7_RX           TIM3_CH1|TIM3_TRIG  TIM3_CH2      UART8_RX         TIM3_CH3
TIM5_CH3|TIM5_UP TIM5_CH4|TIM5_TRIG TIM5_CH1     TIM5_CH4|TIM5_TRIG  TIM5_CH2            -             TIM5_UP          -
-               TIM6_UP          I2C2_RX         I2C2_RX             USART3_TX           DAC1_CH1      DAC1_CH2         I2C2_TX
"""  # noqa: E501

_DMA2_F4 = """
ADC1      -         TIM8_CH1|TIM8_CH2|TIM8_CH3 -        ADC1                       -         TIM1_CH1|TIM1_CH2|TIM1_CH3 -
-         DCMI      ADC2                       ADC2     -                          SPI6_TX   SPI6_RX                    DCMI
ADC3      ADC3      -                          SPI5_RX  SPI5_TX                    CRYP_OUT  CRYP_IN                    HASH_IN
SPI1_RX   -         SPI1_RX                    SPI1_TX  -                          SPI1_TX   -                          -
SPI4_RX   SPI4_TX   USART1_RX                  SDIO     -                          USART1_RX SDIO                       USART1_TX
-         USART6_RX USART6_RX                  SPI4_RX  SPI4_TX                    -         USART6_TX                  USART6_TX
TIM1_TRIG TIM1_CH1  TIM1_CH2                   TIM1_CH1 TIM1_CH4|TIM1_TRIG|TIM1_COM TIM1_UP  TIM1_CH3                   -
-         TIM8_UP   TIM8_CH1                   TIM8_CH2 TIM8_CH3                   SPI5_RX   SPI5_TX                    TIM8_CH4|TIM8_TRIG|TIM8_COM
"""  # noqa: E501

# where RM0385 differs: (channel, stream)
_DMA1_F7 = {
    (0, 1): "SPDIFRX_DT",
    (0, 6): "SPDIFRX_CS",
    (1, 1): "I2C3_RX",
    (2, 2): "I2C4_RX",
    (2, 4): "-",
    (2, 5): "I2C4_TX",
    (3, 0): "-",
    (3, 3): "-",
}
_DMA2_F7 = {
    (0, 1): "SAI1_A",
    (0, 3): "SAI1_A",
    (0, 5): "SAI1_B",
    (0, 7): "SAI1_B",
    (1, 4): "SAI1_B",
    (3, 4): "SAI2_A",
    (3, 6): "SAI2_B",
    (3, 7): "QUADSPI",
    (4, 3): "SDMMC1",
    (4, 6): "SDMMC1",
}

Requests = tuple[tuple[tuple[str, ...], ...], ...]  # [channel][stream] -> names


def _table(text: str, changes: Mapping[tuple[int, int], str]) -> Requests:
    rows = [line.split() for line in text.strip().splitlines()]
    for (channel, stream), names in changes.items():
        rows[channel][stream] = names
    return tuple(
        tuple(() if names == "-" else tuple(names.split("|")) for names in row) for row in rows
    )


def stream_requests(manual: str, controller: int) -> Requests | None:
    """The requests of DMA1 or DMA2.

    Args:
        manual: "RM0090" or "RM0385".
        controller: 1 or 2.

    Returns:
        Names by channel and stream; None: no such table.
    """
    if manual not in ("RM0090", "RM0385") or controller not in (1, 2):
        return None
    f7 = manual == "RM0385"
    if controller == 1:
        return _table(_DMA1_F4, _DMA1_F7 if f7 else {})
    return _table(_DMA2_F4, _DMA2_F7 if f7 else {})
