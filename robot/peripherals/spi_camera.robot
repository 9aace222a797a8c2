*** Settings ***
Documentation     A camera over SPI: the bytes of a file arrive in the firmware; a capture that never
...               completes is noticed.
Library           simgate.keywords
Library           OperatingSystem
Test Teardown     Stop Machine
Test Template     Pictures Arrive

*** Test Cases ***    BOARD
STM32F407             stm32f407
STM32G474             stm32g474
STM32F746             stm32f746
STM32H743             stm32h743

*** Keywords ***
Pictures Arrive
    [Arguments]    ${board}
    ${picture} =    Evaluate    bytes([0xFF, 0xD8]) + bytes(i * 13 % 251 for i in range(500)) + bytes([0xFF, 0xD9])
    Create Binary File          ${OUTPUT DIR}/cat.jpg    ${picture}
    ${sum} =    Evaluate        functools.reduce(lambda s, b: (s * 31 + b) % 2**32, $picture, 0)    modules=functools
    ${elf} =    Build Firmware    peripherals/spi_camera    board=${board}
    Start Machine               ${board}    ${elf}    attach=${CURDIR}/../../platforms/sensor/spi_camera.repl
    Create Terminal Tester      sysbus.usart2
    Execute Command             sysbus.spi1.camera ImageSource @${OUTPUT DIR}/cat.jpg
    Wait For Line On Uart       test\=85    timeout=1
    Wait For Line On Uart       version\=115    timeout=1
    ${line} =    Wait For Line On Uart    captured_ms\=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True              66 <= ${line.Groups}[0] <= 69
    Wait For Line On Uart       size\=504    timeout=1
    Execute Command             sysbus.spi1.camera InjectFault drop 1
    Wait For Line On Uart       sum\=${sum}    timeout=1
    Wait For Line On Uart       no picture    timeout=1
    Wait For Line On Uart       done    timeout=1
    Firmware Should Not Have Faulted
