*** Settings ***
Documentation     The real-time clock: over midnight into a leap day, wake-ups from WFI, an alarm, and
...               a reset that the calendar and a backup register outlive.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     The Calendar Goes On

*** Test Cases ***    BOARD
STM32F407             stm32f407
STM32G474             stm32g474
STM32F746             stm32f746
STM32H743             stm32h743

*** Keywords ***
The Calendar Goes On
    [Arguments]    ${board}
    ${elf} =    Build Firmware    peripherals/rtc    board=${board}
    Start Machine             ${board}    ${elf}
    Create Terminal Tester    sysbus.usart2
    Next Line Should Be    boots=0
    ${start} =    Next Line Should Be    set=240228 235958
    Next Line Should Be    sleeps=4
    ${woken} =    Next Line Should Be    wake_ups=4
    Next Line Should Be    midnight=240229 000000
    Should Be True    abs(${woken} - ${start} - 2000) < 1
    Next Line Should Be    sleeps=1
    ${alarm} =    Next Line Should Be    alarm=240229 000005
    Should Be True    abs(${alarm} - ${start} - 7000) < 1
    Next Line Should Be    boots=1
    Next Line Should Be    now=240229 000005
    Next Line Should Be    done
    Firmware Should Not Have Faulted

Next Line Should Be
    [Arguments]    ${text}
    ${line} =    Wait For Next Line On Uart    timeout=10
    Should Be Equal    ${line.Line}    ${text}
    RETURN    ${line.Timestamp}
