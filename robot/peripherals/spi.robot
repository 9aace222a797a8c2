*** Settings ***
Documentation     SPI of three generations: a serial NOR flash is identified, erased, programmed and
...               read back by polling, interrupt and DMA, at the pace of wire and memory.
Library           simgate.keywords
Library           OperatingSystem
Test Teardown     Stop Machine
Test Template     A Flash Is Written

*** Test Cases ***    BOARD        READ NS
# 260 bytes at 10.5, 10.6, 6.75 and 12 MHz, and what the driver does around them
STM32F407             stm32f407    198000
STM32G474             stm32g474    195700
STM32F746             stm32f746    308100
STM32H743             stm32h743    173300

*** Keywords ***
A Flash Is Written
    [Arguments]    ${board}    ${read ns}
    ${elf} =    Build Firmware    peripherals/spi    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/spi.repl
    Create Terminal Tester    sysbus.usart2
    FOR    ${text}    IN    id\=ef4018    id_by_interrupt\=ef4018    id_wide\=4018    write_enabled\=2
    ...    busy\=3
        Wait For Next Line    ${text}
    END
    ${line} =    Wait For Line On Uart     erase_ms=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True    45 <= ${line.Groups}[0] <= 46
    Wait For Next Line    idle=0
    Wait For Next Line    programmed=1
    ${line} =    Wait For Line On Uart     read_ns=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True    ${read ns} <= ${line.Groups}[0] <= ${read ns} + 60000
    FOR    ${text}    IN    zeros_stay\=00    wrapped\=010203    not_enabled\=01    protected\=ff    done
        Wait For Next Line    ${text}
    END
    ${erased} =    Execute Command    sysbus.spi1.norFlash GetEraseCount 0x10000
    Should Be Equal As Integers    ${erased}    1
    Execute Command    sysbus.spi1.norFlash SaveBinary @${OUTPUT DIR}/flash.bin
    ${content} =    Get Binary File    ${OUTPUT DIR}/flash.bin
    ${page} =    Evaluate    bytes((7 * i + 1) & 255 for i in range(256))
    Should Be True    $content[0x10300] == 1 and $content[0x10302:0x10400] == $page[2:]
    Remove File    ${OUTPUT DIR}/flash.bin
    Firmware Should Not Have Faulted

Wait For Next Line
    [Arguments]    ${text}
    ${line} =    Wait For Next Line On Uart    timeout=1
    Should Be Equal    ${line.Line}    ${text}
