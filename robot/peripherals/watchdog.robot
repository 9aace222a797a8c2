*** Settings ***
Documentation     The independent watchdog: fed in time it stays quiet, left alone it bites after
...               40 ms, fed outside its window at once. A watchdog that bites fails the run.
Library           simgate.keywords
Test Teardown     Run Keyword And Ignore Error    Stop Machine
Test Template     The Watchdog Bites

*** Test Cases ***    BOARD        WISH    LAST WORDS    BECAUSE
STM32F407 Starves     stm32f407    s       starving      was not fed in time
STM32G474 Starves     stm32g474    s       starving      was not fed in time
STM32F746 Starves     stm32f746    s       starving      was not fed in time
STM32H743 Starves     stm32h743    s       starving      was not fed in time
STM32G474 Is Early    stm32g474    e       too early     was fed too early
STM32F746 Is Early    stm32f746    e       too early     was fed too early
STM32H743 Is Early    stm32h743    e       too early     was fed too early

*** Keywords ***
The Watchdog Bites
    [Arguments]    ${board}    ${wish}    ${last words}    ${because}
    ${elf} =    Build Firmware    peripherals/watchdog    board=${board}
    Start Machine             ${board}    ${elf}
    Create Terminal Tester    sysbus.usart2
    Wait For Line On Uart     fed\=10    timeout=1
    Run For                   0.5
    Firmware Should Not Have Faulted
    Write Char On Uart        ${wish}
    Wait For Line On Uart     ${last words}    timeout=0.1
    Run Keyword And Expect Error    *independent watchdog 'iwdg'*${because}*    Run For    0.05
