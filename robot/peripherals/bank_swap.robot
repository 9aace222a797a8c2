*** Settings ***
Documentation     An update by bank swap: the program copies itself into the other bank as a new
...               version and finds itself running from there after the reset.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     The New Version Starts From The Other Bank

*** Test Cases ***            BOARD        CONTROLLER
STM32G474                     stm32g474    flash_controller
STM32H743                     stm32h743    flashController

*** Keywords ***
The New Version Starts From The Other Bank
    [Arguments]    ${board}    ${controller}
    ${elf} =    Build Firmware    peripherals/bank_swap    board=${board}
    Start Machine             ${board}    ${elf}
    Create Terminal Tester    sysbus.usart2
    FOR    ${text}    IN    version\=1    swapped\=0    copy\=0    version\=2    swapped\=1    done
        ${line} =    Wait For Next Line On Uart    timeout=5
        Should Be Equal    ${line.Line}    ${text}
    END
    ${erased} =    Execute Command    ${controller} EraseCount 0 2
    Should Be Equal As Integers    ${erased}    1
    ${erased} =    Execute Command    ${controller} EraseCount 0 1
    Should Be Equal As Integers    ${erased}    0
    Firmware Should Not Have Faulted
