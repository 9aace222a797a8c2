*** Settings ***
Documentation     An LED that a firmware drives, seen with Renode's LED keywords, and a button whose
...               contacts bounce.
Library           simgate.keywords
Test Setup        Start
Test Teardown     Stop Machine

*** Test Cases ***
The LED Blinks
    Assert Led Is Blinking      testDuration=4    onDuration=0.1    offDuration=0.3    tolerance=0.02
    Assert Led Duty Cycle       testDuration=4    expectedDutyCycle=0.25    tolerance=0.01
    Assert Led State            true     timeout=0.5
    Assert Led State            false    timeout=0.11
    Run Keyword And Expect Error    LED assertion not met. led: it is off after 0.1 s*
    ...    Assert Led State     true     timeout=0.1

A Press Makes It Stay On
    Execute Command             sysbus.gpioPortC.button Press
    Wait For Line On Uart       presses\=1    timeout=0.1
    Assert And Hold Led State   true    timeoutAssert=0.05    timeoutHold=2
    Execute Command             sysbus.gpioPortC.button Release
    Assert And Hold Led State   true    timeoutAssert=0    timeoutHold=1
    Execute Command             sysbus.gpioPortC.button PressFor 0.05
    Wait For Line On Uart       presses\=2    timeout=0.1
    Run Keyword And Expect Error    LED changed state.*
    ...    Assert And Hold Led State   true    timeoutAssert=0.5    timeoutHold=1

Bouncing Contacts Count Once
    Execute Command             sysbus.gpioPortC.button Bounce 8 0.004
    Execute Command             sysbus.gpioPortC.button PressFor 0.1
    ${line} =    Wait For Line On Uart       presses\=1    timeout=0.1
    Should Be True              12 <= ${line.Timestamp} - ${started} <= 17
    Wait For Line On Uart       edges\=5    timeout=0.1
    Execute Command             sysbus.gpioPortC.button PressFor 0.1
    Should Not Be On Uart       presses\=2    timeout=0.09
    Run For                     0.1
    Execute Command             sysbus.gpioPortC.button PressFor 0.1
    Wait For Line On Uart       presses\=2    timeout=0.1

What Is No LED
    Run Keyword And Expect Error    'sysbus.usart2' is no LED    Create Led Tester    sysbus.usart2
    Run Keyword And Expect Error    *no*nothing*    Create Led Tester    sysbus.gpioPortB.nothing

*** Keywords ***
Start
    ${elf} =    Build Firmware    peripherals/led_button    board=stm32f407
    Start Machine               stm32f407    ${elf}    attach=${CURDIR}/../../platforms/sensor/led_button.repl
    Create Terminal Tester      sysbus.usart2
    Create Led Tester           sysbus.gpioPortB.led
    ${line} =    Wait For Line On Uart       blinking    timeout=0.1
    Set Test Variable           ${started}    ${line.Timestamp}
