*** Settings ***
Documentation     Clocks: the tree read back, a switch that hardware refuses, a timer before its clock
...               and after its reset, the backup domain, sleep and what ends it, a reset by software.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     Clocks Do As The Manual Says

*** Test Cases ***    BOARD        CORE HZ      APB1 HZ      SWS
STM32F407             stm32f407    168000000    42000000     2
STM32G474             stm32g474    170000000    170000000    3
STM32F746             stm32f746    216000000    54000000     2
STM32H743             stm32h743    480000000    120000000    3

*** Keywords ***
Clocks Do As The Manual Says
    [Arguments]    ${board}    ${core hz}    ${apb1 hz}    ${sws}
    ${elf} =    Build Firmware    peripherals/clock    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/clock.repl
    Create Terminal Tester    sysbus.usart2
    Value Should Be    core_hz                      ${core hz}
    Value Should Be    apb1_hz                      ${apb1 hz}
    Value Should Be    source                       0
    Value Should Be    sws                          ${sws}
    Value Should Be    pll_in_use_stays             1
    Value Should Be    without_clock                0
    Value Should Be    all_ones_after_lost_write    1
    Value Should Be    with_clock                   5
    Value Should Be    all_ones_after_reset         1
    Value Should Be    lse_while_protected          0
    Value Should Be    lse_ready                    1
    Value Should Be    wakes                        20    1
    Value Should Be    cycles_of_10_ticks           ${${core hz} // 100}    ${${core hz} // 1000}
    Wait For Line On Uart    press    timeout=1
    Run For                  0.05
    Execute Command          sysbus.gpioPortC.button Press
    Value Should Be    wakes_by_button              1
    Value Should Be    presses_masked               0
    Value Should Be    presses                      1
    Wait For Line On Uart    reset by software    timeout=1
    Value Should Be    lse_after_reset              1
    Value Should Be    flag                         0
    Wait For Line On Uart    done    timeout=1
    Firmware Should Not Have Faulted
    ${remarks} =    Get Remarks
    Should Start With    ${remarks}[0]    tim2 was written while its clock is off
    Should Start With    ${remarks}[1]    tim2 was read while its clock is off
    Should Contain       ${remarks}[2]    write-protected

Get Value
    [Arguments]    ${key}
    ${line} =    Wait For Line On Uart    ${key}.(\\d+)    timeout=1    treatAsRegex=True
    RETURN    ${line.Groups}[0]

Value Should Be
    [Arguments]    ${key}    ${expected}    ${tolerance}=0
    ${value} =    Get Value    ${key}
    Should Be True    abs(${value} - ${expected}) <= ${tolerance}    ${key} is ${value}, not ${expected}
