*** Settings ***
Documentation     A BMI270 over SPI: its configuration file is loaded, both of its sensors arrive in
...               FIFO frames as they were fed, motion wakes the processor.
Library           simgate.keywords
Library           OperatingSystem
Test Teardown     Stop Machine
Test Template     Acceleration And Rate

*** Variables ***
${SENSOR}         ${CURDIR}/../../platforms/sensor/bmi270.repl

*** Test Cases ***    BOARD
STM32F407             stm32f407
STM32G474             stm32g474
STM32F746             stm32f746
STM32H743             stm32h743

*** Keywords ***
Acceleration And Rate
    [Arguments]    ${board}
    # 8192 steps a g at +-4 g; 65.536 steps a degree a second at +-500
    ${acc} =    Evaluate    '\\n'.join(f'{i / 8192} {-i / 8192} 1' for i in range(1, 21))
    ${gyr} =    Evaluate    '\\n'.join(f'{i * 500 / 32768} 0 {-i * 500 / 32768}' for i in range(1, 21))
    Create File                 ${OUTPUT DIR}/acc.txt    ${acc}
    Create File                 ${OUTPUT DIR}/gyr.txt    ${gyr}
    ${elf} =    Build Firmware    peripherals/imu    board=${board}
    Start Machine               ${board}    ${elf}    attach=${SENSOR}
    Create Terminal Tester      sysbus.usart2
    Execute Command             sysbus.spi1.imu FeedAccelerationSample @${OUTPUT DIR}/acc.txt
    Execute Command             sysbus.spi1.imu FeedAngularRateSample @${OUTPUT DIR}/gyr.txt
    Wait For Line On Uart       chip_id\=36    timeout=1
    Wait For Line On Uart       internal_status\=1    timeout=1
    ${line} =    Wait For Line On Uart    started_ms\=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True              19 <= ${line.Groups}[0] <= 22
    ${number} =    Set Variable    ${1}
    FOR    ${batch}    IN RANGE    2
        Wait For Line On Uart       bytes\=130    timeout=1
        FOR    ${frame}    IN RANGE    10
            ${line} =    Wait For Next Line On Uart    timeout=1
            Should Be Equal     ${line.Line}    gyr\=${number},0,-${number}
            ${line} =    Wait For Next Line On Uart    timeout=1
            Should Be Equal     ${line.Line}    acc\=${number},-${number},8192
            ${number} =    Evaluate    $number + 1
        END
    END
    Wait For Line On Uart       watching    timeout=1
    Run For                     0.5
    Should Not Be On Uart       any_motion    timeout=0.1
    FOR    ${swing}    IN RANGE    20
        Execute Command             sysbus.spi1.imu FeedAccelerationSample 0.5 0 1 2
        Execute Command             sysbus.spi1.imu FeedAccelerationSample -0.5 0 1 2
    END
    Wait For Line On Uart       any_motion\=64    timeout=1
    Wait For Line On Uart       done    timeout=1
    Firmware Should Not Have Faulted
