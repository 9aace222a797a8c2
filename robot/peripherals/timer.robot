*** Settings ***
Documentation     Timers: a 1 kHz interrupt beside SysTick, PWM at a pin, one timer that clocks
...               another, one that measures the PWM, a compare interrupt, a single pulse, and the way into a handler.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     Timers Keep Time

*** Test Cases ***    BOARD        CORE HZ      TIMER HZ     CLOCKS TO HANDLER
STM32F407             stm32f407    168000000    84000000     4
STM32G474             stm32g474    170000000    170000000    4
STM32F746             stm32f746    216000000    108000000    4
STM32H743             stm32h743    480000000    240000000    4

*** Keywords ***
Timers Keep Time
    [Arguments]    ${board}    ${core hz}    ${timer hz}    ${clocks to handler}
    ${elf} =    Build Firmware    peripherals/timer    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/timer.repl
    Create Terminal Tester    sysbus.usart2
    Create Led Tester         sysbus.gpioPortA.led
    Value Should Be    core_hz              ${core hz}
    Value Should Be    timer_hz             ${timer hz}
    Value Should Be    updates              50    1
    Value Should Be    cycles_an_update     ${${core hz} // 1000}    2
    Value Should Be    percent_high         25    1
    Assert Led Is Blinking    0.01    0.00025    0.00075    tolerance=0.0001
    Value Should Be    triggers             20    1
    Value Should Be    period_us            1000
    Value Should Be    high_us              250
    Value Should Be    cycles_to_compare    ${${core hz} * 3 // 10000}    200
    Value Should Be    pulse_cycles         ${${core hz} * 5 // 1000}    200
    Value Should Be    pulse_updates        1
    Value Should Be    pulse_count          0
    ${clocks} =    Get Value    clocks_to_handler
    Should Be True    0 < ${clocks} <= ${clocks to handler}
    Wait For Line On Uart    done    timeout=1
    Firmware Should Not Have Faulted

Get Value
    [Arguments]    ${key}
    ${line} =    Wait For Line On Uart    ${key}.(\\d+)    timeout=1    treatAsRegex=True
    RETURN    ${line.Groups}[0]

Value Should Be
    [Arguments]    ${key}    ${expected}    ${tolerance}=0
    ${value} =    Get Value    ${key}
    Should Be True    abs(${value} - ${expected}) <= ${tolerance}    ${key} is ${value}, not ${expected}
