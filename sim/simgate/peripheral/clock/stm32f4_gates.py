"""Which bit of RCC serves which model on STM32F405/407 (RM0090, 7.3.5 to 7.3.14).

Bits of what Simgate has no model of (Ethernet, USB, CAN, SDIO) read back and open nothing. The
gates of the backup SRAM and of the CCM RAM do not close these memories.
"""

AHB1 = {
    **{bit: f"gpioPort{letter}" for bit, letter in enumerate("ABCDEFGHI")},
    12: "crc",
    21: "dma1",
    22: "dma2",
}
AHB2 = {0: "dcmi", 6: "rng"}
APB1 = {
    0: "tim2",
    1: "tim3",
    2: "tim4",
    3: "tim5",
    4: "tim6",
    5: "tim7",
    6: "tim12",
    7: "tim13",
    8: "tim14",
    11: "wwdg",
    14: "spi2 i2s2ext",
    15: "spi3 i2s3ext",
    17: "usart2",
    18: "usart3",
    19: "uart4",
    20: "uart5",
    21: "i2c1",
    22: "i2c2",
    23: "i2c3",
    28: "pwr",
    29: "dac",
}
_APB2 = {
    0: "tim1",
    1: "tim8",
    4: "usart1",
    5: "usart6",
    12: "spi1",
    14: "syscfg",
    16: "tim9",
    17: "tim10",
    18: "tim11",
}
APB2_ENABLES = {**_APB2, 8: "adc1", 9: "adc2", 10: "adc3"}
APB2_RESETS = {**_APB2, 8: "adc1 adc2 adc3 adc123"}

ENABLES = {"AHB1ENR": AHB1, "AHB2ENR": AHB2, "APB1ENR": APB1, "APB2ENR": APB2_ENABLES}
RESETS = {"AHB1RSTR": AHB1, "AHB2RSTR": AHB2, "APB1RSTR": APB1, "APB2RSTR": APB2_RESETS}
