*** Settings ***
Documentation     An HS3001 on I2C: humidity and temperature arrive as they were set, data that is
...               asked for too early is stale, and a bus without an answer is told.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     The Air Is Measured

*** Variables ***
${SENSOR}         ${CURDIR}/../../platforms/sensor/hs3001.repl

*** Test Cases ***    BOARD
STM32F407             stm32f407
STM32G474             stm32g474
STM32F746             stm32f746
STM32H743             stm32h743

*** Keywords ***
The Air Is Measured
    [Arguments]    ${board}
    ${elf} =    Build Firmware    peripherals/humidity    board=${board}
    Start Machine             ${board}    ${elf}    attach=${SENSOR}
    Create Terminal Tester    sysbus.usart2
    Measurement Should Be     45      21.5
    Execute Command           sysbus.i2c1.humidity Temperature -10.25
    Execute Command           sysbus.i2c1.humidity Humidity 80
    Measurement Should Be     80      -10.25
    Execute Command           sysbus.i2c1.humidity InjectFault nack 3
    Wait For Line On Uart     request\=1    timeout=1
    Wait For Line On Uart     done          timeout=1
    Firmware Should Not Have Faulted

Measurement Should Be
    [Documentation]    Within the steps of 14 bits: 0.0061 % and 0.0101 degrees.
    [Arguments]    ${humidity}    ${temperature}
    Wait For Line On Uart     fresh\=1    timeout=1
    ${line} =    Wait For Line On Uart    humidity.(-?\\d+)    timeout=1    treatAsRegex=True
    Should Be True    abs(${line.Groups}[0] / 1000 - ${humidity}) < 0.0062
    ${line} =    Wait For Line On Uart    temperature.(-?\\d+)    timeout=1    treatAsRegex=True
    Should Be True    abs(${line.Groups}[0] / 1000 - ${temperature}) < 0.0102
