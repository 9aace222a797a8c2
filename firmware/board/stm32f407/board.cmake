set(BOARD_CPU_FLAGS -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard)
set(BOARD_LINKER_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/stm32f407.ld)
set(BOARD_SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/board.c
    ${CMAKE_CURRENT_LIST_DIR}/clock.c
    ${CMAKE_CURRENT_LIST_DIR}/startup.c
    ${CMAKE_CURRENT_LIST_DIR}/vector_table.c)

option(HSE_BYPASS "the 8 MHz come as a square wave on OSC_IN (Nucleo), not from a crystal" OFF)
if(HSE_BYPASS)
    set(BOARD_DEFINITIONS CLOCK_HSE_BYPASS=1)
endif()
