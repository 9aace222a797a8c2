"""Which bit of RCC serves which model on STM32F74x/75x (RM0385, 5.3.5 to 5.3.14).

Bits of what Simgate has no model of read back and open nothing.
"""

from simgate.peripheral.clock import stm32f4_gates as f4
from simgate.peripheral.clock.kernel_clocks import HSI16, LSE, SYSCLK, KernelClock

_AHB1 = {**f4.AHB1, 9: "gpioPortJ", 10: "gpioPortK"}
_APB1 = {**f4.APB1, 9: "lptim1", 24: "i2c4", 30: "uart7", 31: "uart8"}
_APB2 = {13: "spi4", 20: "spi5", 21: "spi6", 22: "sai1", 23: "sai2"}

ENABLES = {
    "AHB1ENR": _AHB1,
    "AHB2ENR": f4.AHB2,
    "AHB3ENR": {1: "quadspi"},
    "APB1ENR": _APB1,
    "APB2ENR": {**f4.APB2_ENABLES, **_APB2},
}
RESETS = {
    "AHB1RSTR": _AHB1,
    "AHB2RSTR": f4.AHB2,
    "AHB3RSTR": {1: "quadspi"},
    "APB1RSTR": _APB1,
    "APB2RSTR": {**f4.APB2_RESETS, **_APB2},
}

_UARTS = ("usart1", "usart2", "usart3", "uart4", "uart5", "usart6", "uart7", "uart8")
KERNEL_CLOCKS = {  # RM0385, RCC_DCKCFGR2
    "DCKCFGR2": tuple(
        KernelClock(2 * place, 2, name, ("", SYSCLK, HSI16, LSE))
        for place, name in enumerate(_UARTS)
    )
}
