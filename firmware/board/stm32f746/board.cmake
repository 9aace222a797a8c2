set(BOARD_SHARED stm32f4_f7) # the folder of what both families have alike
set(BOARD_CPU_FLAGS -mcpu=cortex-m7 -mthumb -mfpu=fpv5-sp-d16 -mfloat-abi=hard)
set(BOARD_DEFINITIONS "CORE_HAS_CACHES=1")
set(BOARD_USART_GENERATION 2)
set(BOARD_I2C_GENERATION 2)
set(BOARD_DMA streams)
set(BOARD_SPI_GENERATION 2)
set(BOARD_FLASH sectors)
set(BOARD_HSE_MHZ 25) # the Discovery board's crystal
