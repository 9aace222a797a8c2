*** Settings ***
Documentation     Pins: reset values, the clock of a port, a wire from an output to an input, edges and
...               the port that SYSCFG selects, open drain, locked pins, an LED and a button.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     Pins Do As The Manual Says

*** Test Cases ***    BOARD        MODER OF B    MODER OF C    EXTICR
STM32F407             stm32f407    0x00000280    0x00000000    0
STM32G474             stm32g474    0xFFFFFEBF    0xFFFFFFFF    0
STM32F746             stm32f746    0x00000280    0x00000000    0
STM32H743             stm32h743    0xFFFFFEBF    0xFFFFFFFF    2    # its over-drive needed SYSCFG

*** Keywords ***
Pins Do As The Manual Says
    [Arguments]    ${board}    ${moder of b}    ${moder of c}    ${exticr}
    ${elf} =    Build Firmware    peripherals/gpio    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/gpio.repl
    Create Terminal Tester    sysbus.usart2
    Create Led Tester         sysbus.gpioPortB.led
    Value Should Be    moder_without_clock     0
    Value Should Be    odr_after_lost_write    0
    Value Should Be    moder_d                 ${moder of c}
    Value Should Be    moder_b                 ${moder of b}
    Value Should Be    ospeedr_b               0xC0
    Value Should Be    pupdr_b                 0x100
    Value Should Be    moder_c                 ${moder of c}
    Value Should Be    wire                    10
    Value Should Be    edges_of_port_a         0
    Value Should Be    exticr_without_clock    ${exticr}
    Value Should Be    edges_none              0
    Value Should Be    edges_rising            1
    Value Should Be    edges_falling           1
    Value Should Be    edges_both              2
    Value Should Be    edges_by_software       1
    Value Should Be    edges_masked            0
    Value Should Be    pending_masked          1
    Value Should Be    edges_unmasked          1
    ${taken} =    Get Value    cycles_to_handler
    Should Be True    0 < ${taken} <= 8    ${taken} cycles from before the store into the handler
    Value Should Be    open_drain              10
    Value Should Be    locked                  1
    Value Should Be    locked_pin_kept         1
    Value Should Be    free_pin_changed        1
    Wait For Line On Uart    press    timeout=1
    Assert Led State         false    timeout=0
    Execute Command          sysbus.gpioPortC.button Press
    Assert Led State         true     timeout=0.000001
    Wait For Line On Uart    done    timeout=1
    Firmware Should Not Have Faulted
    ${remarks} =    Get Remarks
    Should Start With    ${remarks}[0]    gpioPortD was written while its clock is off
    Should Start With    ${remarks}[1]    gpioPortD was read while its clock is off

Get Value
    [Arguments]    ${key}
    ${line} =    Wait For Line On Uart    ${key}.(\\d+)    timeout=1    treatAsRegex=True
    RETURN    ${line.Groups}[0]

Value Should Be
    [Arguments]    ${key}    ${expected}
    ${value} =    Get Value    ${key}
    Should Be True    ${value} == ${expected}    ${key} is ${value}, not ${expected}
