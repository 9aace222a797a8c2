"""Which bit of RCC serves which model on STM32H742/743/753 (RM0433, 8.7.27 to 8.7.46).

DMAMUX1 has its clock while one of DMA1 and DMA2 has (RM0433, 18.3.1). Bits of what Simgate has no
model of read back and open nothing; the gates of SRAM1 to SRAM3 do not close these memories.
"""

from simgate.peripheral.clock.kernel_clocks import CSI, HSI64, LSE, KernelClock

_AHB3 = {0: "mdma", 4: "dma2d", 14: "quadspi"}
_AHB1 = {0: "dma1", 1: "dma2", 5: "adc1 adc2 adc12"}
_AHB2 = {0: "dcmi", 6: "rng"}
_AHB4 = {
    **{bit: f"gpioPort{letter}" for bit, letter in enumerate("ABCDEFGHIJK")},
    19: "crc",
    21: "bdma dmamux2",
    24: "adc3 adc3Common",
    25: "hsem",
}
_APB1L = {
    0: "tim2",
    1: "tim3",
    2: "tim4",
    3: "tim5",
    4: "tim6",
    5: "tim7",
    6: "tim12",
    7: "tim13",
    8: "tim14",
    9: "lptim1",
    14: "spi2",
    15: "spi3",
    17: "usart2",
    18: "usart3",
    19: "uart4",
    20: "uart5",
    21: "i2c1",
    22: "i2c2",
    23: "i2c3",
    29: "dac1",
    30: "uart7",
    31: "uart8",
}
_APB1H = {1: "crs"}
_APB2 = {
    0: "tim1",
    1: "tim8",
    4: "usart1",
    5: "usart6",
    12: "spi1",
    13: "spi4",
    16: "tim15",
    17: "tim16",
    18: "tim17",
    20: "spi5",
    22: "sai1",
    23: "sai2",
    24: "sai3",
}
_APB4 = {
    1: "syscfg",
    3: "lpuart1",
    5: "spi6",
    7: "i2c4",
    9: "lptim2",
    10: "lptim3",
    11: "lptim4",
    12: "lptim5",
    21: "sai4",
}

ENABLES = {
    "AHB3ENR": _AHB3,
    "AHB1ENR": {**_AHB1, 0: "dma1 dmamux1", 1: "dma2 dmamux1"},
    "AHB2ENR": _AHB2,
    "AHB4ENR": _AHB4,
    "APB3ENR": {6: "wwdg"},
    "APB1LENR": _APB1L,
    "APB1HENR": _APB1H,
    "APB2ENR": _APB2,
    "APB4ENR": {**_APB4, 16: "rtc"},
}
RESETS = {
    "AHB3RSTR": _AHB3,
    "AHB1RSTR": _AHB1,
    "AHB2RSTR": _AHB2,
    "AHB4RSTR": _AHB4,
    "APB1LRSTR": _APB1L,
    "APB1HRSTR": _APB1H,
    "APB2RSTR": _APB2,
    "APB4RSTR": _APB4,
}

_CLOCKS = ("", "", "", HSI64, CSI, LSE)  # 1 and 2 are PLL2's and PLL3's Q outputs
KERNEL_CLOCKS = {  # RM0433, RCC_D2CCIP2R, RCC_D3CCIPR
    "D2CCIP2R": (
        KernelClock(0, 3, "usart2 usart3 uart4 uart5 uart7 uart8", _CLOCKS),
        KernelClock(3, 3, "usart1 usart6", _CLOCKS),
    ),
    "D3CCIPR": (KernelClock(0, 3, "lpuart1", _CLOCKS),),
}
