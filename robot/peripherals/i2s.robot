*** Settings ***
Documentation     I2S on four boards: a microphone's samples reach a ring of DMA one by one.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     A Ramp Is Heard

*** Test Cases ***    BOARD        RATE MHZ    BREAKS
STM32F407             stm32f407    8000000     0
# 170 MHz cannot be divided to 8 kHz: a sample may come twice in the 10667 that it takes
STM32G474             stm32g474    8000753     1
STM32F746             stm32f746    8000000     0
STM32H743             stm32h743    8000000     0

*** Keywords ***
A Ramp Is Heard
    [Arguments]    ${board}    ${rate}    ${breaks}
    ${elf} =    Build Firmware    peripherals/i2s    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/i2s.repl
    Create Terminal Tester    sysbus.usart2
    Wait For Line On Uart     wait=sound    timeout=1
    Execute Command    sysbus.spi2.mic FeedSoundFromFile @${CURDIR}/ramp.wav
    Send Key To Uart    0x20
    Wait For Next Line    rate_mhz=${rate}
    Wait For Next Line    halves=64
    ${line} =    Wait For Line On Uart     breaks=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True    ${line.Groups}[0] <= ${breaks}
    ${first} =    Wait For Line On Uart     first=(-?\\d+)    timeout=1    treatAsRegex=True
    ${last} =    Wait For Line On Uart     last=(-?\\d+)    timeout=1    treatAsRegex=True
    # the ramp begins at -3000 and is a few samples old when the first one is taken
    Should Be True    -3000 <= ${first.Groups}[0] <= -2900
    ${moved} =    Evaluate    ${last.Groups}[0] - ${first.Groups}[0]
    Should Be True    3 * 2047 - 3 * ${breaks} <= ${moved} <= 3 * 2047
    FOR    ${text}    IN    right_not_zero\=0    lost\=0    after_stop\=0    done
        Wait For Next Line    ${text}
    END
    Firmware Should Not Have Faulted

Wait For Next Line
    [Arguments]    ${text}
    ${line} =    Wait For Next Line On Uart    timeout=2
    Should Be Equal    ${line.Line}    ${text}
