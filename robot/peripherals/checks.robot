*** Settings ***
Documentation     CRC unit, random numbers and the window watchdog: fed five times in its early
...               wake-up interrupt, then it resets the chip.
Library           simgate.keywords
Test Teardown     Run Keyword And Ignore Error    Stop Machine
Test Template     Checks Hold

*** Test Cases ***    BOARD        CRC OF BYTES    16 COUNTS OF 8 x 4096 CYCLES OF APB1
STM32F407             stm32f407    ${False}        ${{16 * 8 * 4096 / 42}}
STM32G474             stm32g474    ${True}         ${{16 * 8 * 4096 / 170}}
STM32F746             stm32f746    ${True}         ${{16 * 8 * 4096 / 54}}
STM32H743             stm32h743    ${True}         ${{16 * 8 * 4096 / 120}}

*** Keywords ***
Checks Hold
    [Arguments]    ${board}    ${bytes}    ${microseconds}
    ${elf} =    Build Firmware    peripherals/checks    board=${board}
    Start Machine             ${board}    ${elf}
    Create Terminal Tester    sysbus.usart2
    Wait For Line On Uart     done    timeout=1
    Firmware Should Not Have Faulted
    ${said} =    Get Report Lines
    # CRC-32/MPEG-2 of the words' bytes, the highest first: the CRC of zip with every bit turned round
    ${words} =    Evaluate    b''.join((i * 0x01020304).to_bytes(4, 'big') for i in range(1, 17))
    ${turned} =    Evaluate    bytes(int(f'{one:08b}'[::-1], 2) for one in $words)
    ${zip} =    Evaluate    binascii.crc32($turned) ^ 0xFFFFFFFF    modules=binascii
    ${expected} =    Evaluate    int('{:032b}'.format($zip)[::-1], 2)
    Should Be Equal As Integers    ${said.crc_words}    ${expected}
    IF    ${bytes}
        Should Be Equal As Integers    ${said.crc_zip}    ${0xCBF43926}
        Should Be Equal As Integers    ${said.crc_16}    ${0x29B1}
    END
    Should Be Equal    ${said.random_equal}    0
    Should Be True    200 < ${said.random_ones} < 312
    Should Be Equal    ${said.random_errors}    0
    Should Be Equal    ${said.random_interrupt}    1
    Should Be True    abs(${said.wake_up_us} - ${microseconds}) <= 2
    Should Be Equal    ${said.wake_ups}    5
    Run Keyword And Expect Error    *window watchdog 'wwdg' was not fed in time*    Run For    0.05
