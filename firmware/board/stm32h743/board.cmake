set(BOARD_CPU_FLAGS -mcpu=cortex-m7 -mthumb -mfpu=fpv5-d16 -mfloat-abi=hard)
set(BOARD_DEFINITIONS "CORE_HAS_CACHES=1")
set(BOARD_USART_GENERATION 2)
set(BOARD_I2C_GENERATION 2)
set(BOARD_DMA streams)
set(BOARD_SPI_GENERATION 3)
set(BOARD_FLASH words)
set(BOARD_HSE_MHZ 8) # what the Nucleo board's ST-LINK gives (with HSE_BYPASS), or a crystal
