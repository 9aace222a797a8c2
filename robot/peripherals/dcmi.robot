*** Settings ***
Documentation     The camera interface on the three boards that have one: pictures, a window, a film.
Library           simgate.keywords
Library           OperatingSystem
Test Teardown     Stop Machine
Test Template     Pictures Are Taken

*** Test Cases ***    BOARD
STM32F407             stm32f407
STM32F746             stm32f746
STM32H743             stm32h743

*** Keywords ***
Pictures Are Taken
    [Arguments]    ${board}
    ${elf} =    Build Firmware    peripherals/dcmi    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/dcmi.repl
    Create Terminal Tester    sysbus.usart2
    Wait For Line On Uart     wait=picture    timeout=1
    ${pixels} =    Evaluate    bytes((13 * i + i // 32) & 255 for i in range(32 * 24))
    ${file} =    Evaluate    b'P5 32 24 255\\n' + $pixels
    Create Binary File    ${OUTPUT DIR}/picture.pgm    ${file}
    Execute Command    sysbus.dcmi.camera ImageSource @${OUTPUT DIR}/picture.pgm
    Send Key To Uart    0x20
    ${whole} =    Checksum    ${pixels}
    ${cut} =    Evaluate    b''.join(p[32 * y + 8:32 * y + 24] for p in [$pixels] for y in range(4, 12))
    ${window} =    Checksum    ${cut}
    FOR    ${text}    IN    capture_after\=0    left\=0    picture\=${whole}    left\=0
    ...    window\=${window}    film\=${whole}    frames\=5    overrun\=0    unfetched_overrun\=1    done
        Wait For Next Line    ${text}
    END
    Remove File    ${OUTPUT DIR}/picture.pgm
    Firmware Should Not Have Faulted

Checksum
    [Arguments]    ${bytes}
    ${sum} =    Evaluate    __import__('functools').reduce(lambda s, b: (s * 31 + b) & 0xFFFFFFFF, $bytes, 0)
    RETURN    ${sum}

Wait For Next Line
    [Arguments]    ${text}
    ${line} =    Wait For Next Line On Uart    timeout=2
    Should Be Equal    ${line.Line}    ${text}
