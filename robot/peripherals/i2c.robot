*** Settings ***
Documentation     I2C of both generations: an accelerometer is found, written and read with repeated
...               starts; refusals, and a bus that is held low, are survived.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     An Accelerometer Is Talked To

*** Test Cases ***    BOARD
STM32F407             stm32f407
STM32G474             stm32g474
STM32F746             stm32f746
STM32H743             stm32h743

*** Keywords ***
An Accelerometer Is Talked To
    [Arguments]    ${board}
    ${elf} =    Build Firmware    peripherals/i2c    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/i2c.repl
    Create Terminal Tester    sysbus.usart2
    Wait For Line On Uart     who_status=0    timeout=1
    # 39 bits and three conditions at 400 kHz
    ${line} =    Wait For Line On Uart     read_ns=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True    95000 <= ${line.Groups}[0] <= 115000
    FOR    ${text}    IN    who\=44    write_status=0
    ...    read=11    read=1122    read=112233    read=11223344    read=1122334415    read=112233441566
    ...    dma_status=0    by_dma=1122    dma_status=0    by_dma=11223344    dma_status=0
    ...    by_dma=112233441566    probe=0    probe_nobody=1
    ...    nobody_write=1    nobody_read=1    somebody=0    wait=nack
        Wait For Next Line    ${text}
    END
    Execute Command    sysbus.i2c1 Nack 0x18 2
    Send Key To Uart    0x20
    Wait For Next Line    refusals=2
    Wait For Next Line    data_refused=0
    Wait For Next Line    read=1122
    Wait For Next Line    wait=stuck
    Execute Command    sysbus.i2c1 StickBus -1
    Send Key To Uart    0x20
    FOR    ${text}    IN    stuck_status\=2    clocks=9    freed_status=0    who=44    wait=reset
        Wait For Next Line    ${text}
    END
    Execute Command    sysbus.i2c1 StickBus 0.02
    Send Key To Uart    0x20
    Wait For Next Line    held_status=2
    Wait For Next Line    wait=released
    Run For    0.02
    Send Key To Uart    0x20
    Wait For Next Line    reset_status=0
    Wait For Next Line    done
    Firmware Should Not Have Faulted

Wait For Next Line
    [Arguments]    ${text}
    ${line} =    Wait For Next Line On Uart    timeout=1
    Should Be Equal    ${line.Line}    ${text}
