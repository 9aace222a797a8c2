*** Settings ***
Documentation     The chip's own Flash: settings are erased, programmed and read back, outlive a
...               reset, and wear their sector.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     Settings Are Kept

*** Test Cases ***            BOARD        CONTROLLER          SECTOR    BANK    ERASE MS
STM32F407                     stm32f407    flash_controller    11        1       1000
STM32G474                     stm32g474    flash_controller    127       2       22
STM32F746                     stm32f746    flash_controller    7         1       2000
STM32H743                     stm32h743    flashController     7         2       2000

*** Keywords ***
Settings Are Kept
    [Arguments]    ${board}    ${controller}    ${sector}    ${bank}    ${erase ms}
    ${elf} =    Build Firmware    peripherals/flash    board=${board}
    Start Machine             ${board}    ${elf}
    Create Terminal Tester    sysbus.usart2
    Wait For Line On Uart     boots=0    timeout=1
    Wait For Line On Uart     erase=0    timeout=5
    ${line} =    Wait For Line On Uart     erase_ms=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True    ${erase ms} <= ${line.Groups}[0] <= ${erase ms} + 2
    FOR    ${text}    IN    erased\=1    program\=0    saved\=1    program_behind\=0    program_again\=2    kept\=1
        Wait For Next Line    ${text}
    END
    Wait For Line On Uart     boots=1    timeout=1
    Wait For Line On Uart     done    timeout=1
    ${erased} =    Execute Command    ${controller} EraseCount ${sector} ${bank}
    Should Be Equal As Integers    ${erased}    1
    ${written} =    Execute Command    ${controller} WriteCount ${sector} ${bank}
    Should Be True    ${written} > 0
    Firmware Should Not Have Faulted

Wait For Next Line
    [Arguments]    ${text}
    ${line} =    Wait For Next Line On Uart    timeout=1
    Should Be Equal    ${line.Line}    ${text}
