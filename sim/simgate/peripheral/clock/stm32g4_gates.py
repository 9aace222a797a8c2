"""Which bit of RCC serves which model on STM32G4 (RM0440, 7.4.7 to 7.4.19).

Bits of what Simgate has no model of read back and open nothing.
"""

from simgate.peripheral.clock.kernel_clocks import HSI16, LSE, SYSCLK, KernelClock

_AHB1 = {0: "dma1", 1: "dma2", 2: "dmamux1", 3: "cordic", 4: "fmac", 12: "crc"}
_AHB2 = {
    **{bit: f"gpioPort{letter}" for bit, letter in enumerate("ABCDEFG")},
    13: "adc1 adc2 adc12",
    14: "adc3 adc4 adc5 adc345",
    16: "dac1",
    17: "dac2",
    18: "dac3",
    19: "dac4",
    26: "rng",
}
_AHB3 = {8: "quadspi"}
_APB1_1 = {
    0: "tim2",
    1: "tim3",
    2: "tim4",
    3: "tim5",
    4: "tim6",
    5: "tim7",
    8: "crs",
    14: "spi2",
    15: "spi3",
    17: "usart2",
    18: "usart3",
    19: "uart4",
    20: "uart5",
    21: "i2c1",
    22: "i2c2",
    28: "pwr",
    30: "i2c3",
    31: "lptim1",
}
_APB1_2 = {0: "lpuart1", 1: "i2c4"}
_APB2 = {
    0: "syscfg",
    11: "tim1",
    12: "spi1",
    13: "tim8",
    14: "usart1",
    15: "spi4",
    16: "tim15",
    17: "tim16",
    18: "tim17",
    20: "tim20",
    21: "sai1",
}

ENABLES = {
    "AHB1ENR": _AHB1,
    "AHB2ENR": _AHB2,
    "AHB3ENR": _AHB3,
    "APB1ENR1": {**_APB1_1, 10: "rtc", 11: "wwdg"},
    "APB1ENR2": _APB1_2,
    "APB2ENR": _APB2,
}
RESETS = {
    "AHB1RSTR": _AHB1,
    "AHB2RSTR": _AHB2,
    "AHB3RSTR": _AHB3,
    "APB1RSTR1": _APB1_1,
    "APB1RSTR2": _APB1_2,
    "APB2RSTR": _APB2,
}

_UARTS = ("usart1", "usart2", "usart3", "uart4", "uart5", "lpuart1")
KERNEL_CLOCKS = {  # RM0440, RCC_CCIPR
    "CCIPR": tuple(
        KernelClock(2 * place, 2, name, ("", SYSCLK, HSI16, LSE))
        for place, name in enumerate(_UARTS)
    )
}
