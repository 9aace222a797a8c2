set(BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard)
set(BOARD_DEFINITIONS "")
set(BOARD_USART_GENERATION 2)
set(BOARD_I2C_GENERATION 2)
set(BOARD_DMA channels)
set(BOARD_SPI_GENERATION 2)
set(BOARD_FLASH pages)
set(BOARD_HSE_MHZ 24) # the Nucleo board's crystal
