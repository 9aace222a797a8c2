*** Settings ***
Documentation     DMA from firmware: copies with their interrupts, a transfer error, a ring and two
...               buffers filled from a serial line, a text sent, a pattern put on a pin by a timer, a
...               stream that listens to the wrong request, and on the STM32H7 what MDMA does for memories.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     Transfers Work

*** Test Cases ***            BOARD        WRONG REQUEST                                     BUFFERS    MDMA
STM32F407                     stm32f407    channel 3                                         2          ${False}
STM32G474                     stm32g474    USART2_TX                                         1          ${False}
STM32F746                     stm32f746    channel 3                                         2          ${False}
STM32H743                     stm32h743    USART2_TX                                         2          ${True}

*** Variables ***
${RING TEXT}      ABCDEFGHIJKLMNOPQRSTUVWXYZ012345abcdefgh
${DOUBLE TEXT}    the first buffer has 32 bytes...the second one has them as well.

*** Keywords ***
Transfers Work
    [Arguments]    ${board}    ${wrong request}    ${buffers}    ${mdma}
    ${elf} =    Build Firmware    peripherals/dma    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/dma.repl
    ${console} =    Create Terminal Tester    sysbus.usart2
    ${serial} =    Create Terminal Tester    sysbus.usart3
    Set Default Tester        ${console}
    Create Led Tester         sysbus.gpioPortC.led
    Lines Should Follow       copy_done=1    copy_takes_time=1    copy_same=1024    copy_half=1
    ...    copy_complete=1    copy_left=0    error=1    error_complete=1
    ...    transmit=1    transmit_takes_time=1    ring_ready=1
    Wait For Line On Uart     sent by DMA    testerId=${serial}    timeout=0.1
    Play On Serial Line       ${RING TEXT}
    Lines Should Follow       ring_full=1    ring_half=1    ring_left=24
    ...    ring=abcdefghIJKLMNOPQRSTUVWXYZ012345
    IF    ${buffers} == 2
        Lines Should Follow    double_ready=1
        Play On Serial Line    ${DOUBLE TEXT}
        Lines Should Follow    double_full=1    double_0=the first buffer has 32 bytes...
        ...    double_1=the second one has them as well.
    END
    IF    ${mdma}
        Lines Should Follow    mdma_wrong_bus=1    mdma_coupled=1    mdma_coupled_same=64
        ...    mdma_window=32    mdma_list=64    mdma_chain=64    mdma_chain_cleared=1
    END
    Lines Should Follow       pattern_events=1    pattern_events=3
    Lines Should Follow       wrong_ready=1
    Play On Serial Line       lost
    Lines Should Follow       wrong_left=32    done
    Assert Led Is Blinking    0.02    0.001    0.003    tolerance=0.00001
    Firmware Should Not Have Faulted
    The Wrong Request Is Told    ${wrong request}

Lines Should Follow
    [Arguments]    @{lines}
    FOR    ${line}    IN    @{lines}
        ${seen} =    Wait For Next Line On Uart    timeout=2
        Should Be Equal    ${seen.Line}    ${line}
    END

Play On Serial Line
    [Arguments]    ${text}
    Execute Command    sysbus.usart3 PlayScriptText "baud 115200\nsend \\"${text}\\""

The Wrong Request Is Told
    [Arguments]    ${what}
    ${remarks} =    Get Remarks
    ${remarks} =    Evaluate    "\\n".join($remarks)
    Should Contain    ${remarks}    transfer error
    Should Contain    ${remarks}    ${what}
    Should Contain    ${remarks}    USART3_RX
    Should Contain    ${remarks}    asks in vain
    Should Not Contain    ${remarks}    data cache
