*** Settings ***
Documentation     USART3 hears a sender that keeps its own time: an echo by interrupts, noise, wrong
...               framing and parity, a break, an overrun, messages that end with an idle line in a
...               ring filled by DMA; then the FIFO and LPUART1, where the chip has them.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     The Line Is Heard

*** Test Cases ***            BOARD        FIFO    LPUART
STM32F407                     stm32f407    none    none
STM32G474                     stm32g474    0123456789    !
STM32F746                     stm32f746    none    none
STM32H743                     stm32h743    0123456789    !

*** Keywords ***
The Line Is Heard
    [Arguments]    ${board}    ${fifo}    ${lpuart}
    ${elf} =    Build Firmware    peripherals/uart    board=${board}
    Start Machine             ${board}    ${elf}
    ${console} =    Create Terminal Tester    usart2    timeout=1
    ${serial} =    Create Terminal Tester    usart3
    Set Default Tester        ${console}

    Lines Should Follow       listening\=echo
    Play On Uart    usart3    baud 115200    send "written by hand\\n"
    Lines Should Follow       echo\=written by hand
    Wait For Line On Uart     written by hand    timeout=0    testerId=${serial}

    Lines Should Follow       listening\=flaws
    Play On Uart    usart3    baud 115200    send "a"    send noise "bc"    send framing "d"
    ...    break 0.002    gap 0.001    send "e\\n"
    Lines Should Follow       bytes\=6    parity\=0    framing\=2    noise\=2    overrun\=0

    Lines Should Follow       listening\=parity
    Play On Uart    usart3    baud 115200    format 8E1    send "a"    send parity "bcd"    send "e\\n"
    Lines Should Follow       bytes\=5    parity\=3    framing\=0    noise\=0    overrun\=0

    Lines Should Follow       listening\=overrun
    Play On Uart    usart3    baud 115200    send "xyz"
    Lines Should Follow       overrun\=1    kept\=x    empty\=1

    Lines Should Follow       listening\=ring
    Play On Uart    usart3    baud 115200    send "first"    gap 0.01
    ...    send "the second one is longer"    gap 0.01    send "third"
    Lines Should Follow       message\=first    message\=the second one is longer    message\=third

    IF    '${fifo}' != 'none'
        Lines Should Follow    listening\=fifo
        Play On Uart    usart3    baud 115200    send "${fifo}"
        ${full} =    Set Variable If    '${board}' == 'stm32g474'    01234567    ${fifo}
        ${overrun} =    Set Variable If    '${board}' == 'stm32g474'    1    0
        Lines Should Follow    overrun\=${overrun}    fifo\=${full}
    ELSE
        Lines Should Follow    fifo\=none
    END

    IF    '${lpuart}' != 'none'
        ${low power} =    Create Terminal Tester    lpuart1
        Lines Should Follow    listening\=lpuart
        Play On Uart    lpuart1    baud 115200    send "${lpuart}"
        Lines Should Follow    lpuart\=${lpuart}    framing\=0
        Lines Should Follow    done
        Wait For Line On Uart    ${lpuart}    timeout=0    testerId=${low power}
    ELSE
        Lines Should Follow    lpuart\=none    done
    END
    Firmware Should Not Have Faulted

Lines Should Follow
    [Arguments]    @{lines}
    FOR    ${line}    IN    @{lines}
        ${seen} =    Wait For Next Line On Uart
        Should Be Equal    ${seen.Line}    ${line}
    END
