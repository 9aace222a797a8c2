set(BOARD_SHARED stm32f4_f7) # the folder of what both families have alike
set(BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard)
set(BOARD_DEFINITIONS "")
set(BOARD_USART_GENERATION 1)
set(BOARD_I2C_GENERATION 1)
set(BOARD_DMA streams)
set(BOARD_SPI_GENERATION 1)
set(BOARD_FLASH sectors)
set(BOARD_HSE_MHZ 8) # the Discovery board's crystal
