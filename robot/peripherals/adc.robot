*** Settings ***
Documentation     ADC1 on four boards: the sensors inside the chip, a microphone by polling, interrupt
...               and watchdog, an overrun; then 16,000 samples a second by timer and circular DMA,
...               which are held against the sound file on the microphone, sample by sample.
Library           simgate.keywords
Test Teardown     Stop Machine
Test Template     Samples Are Those Of The Sound

*** Variables ***
${SOUND}          ${CURDIR}/../../firmware/app/kws/clips/yes-en-gb-x-rp-f4.wav
${SAMPLES}        2048

*** Test Cases ***
STM32F407         stm32f407
STM32G474         stm32g474
STM32F746         stm32f746
STM32H743         stm32h743

*** Keywords ***
Samples Are Those Of The Sound
    [Arguments]    ${board}
    ${elf} =    Build Firmware    peripherals/adc    board=${board}
    Start Machine             ${board}    ${elf}    attach=${CURDIR}/microphone.repl
    Create Terminal Tester    sysbus.usart2
    Execute Command           sysbus.adc1.mic FeedSoundFromFile @${SOUND}
    Execute Command           sysbus.adc1 Temperature 41
    Execute Command           sysbus.adc3 Temperature 41
    Wait For Line On Uart     done    timeout=1
    Firmware Should Not Have Faulted
    ${said} =    Get Report Lines
    Should Be True    abs(${said.supply_mv} - 3300) <= 4
    Should Be True    abs(${said.temperature_c} - 41) <= 1
    Should Be True    abs(${said.poll} - 2048) < 50
    Should Be True    abs(${said.interrupt} - 2048) < 50
    Should Be Equal   ${said.outside}    1
    Should Be Equal   ${said.overrun}    1
    Should Be Equal   ${said.blocks}     16
    Should Be Equal   ${said.lost}       0
    ${memory} =      Read Memory    recording    ${{2 * ${SAMPLES}}}
    ${sound} =       Evaluate    wave.open(r'${SOUND}').readframes(1 << 20)    modules=wave
    ${pressure} =    Evaluate    struct.unpack('<%dh' % (len($sound) // 2), $sound)    modules=struct
    # 1.5 V from rest to full scale around 1.65 V; 12 bits of 3.3 V
    ${codes} =       Evaluate    [int((1.65 + one / 32768 * 1.5) * 4096 / 3.3 + 0.5) for one in $pressure]
    ${expected} =    Evaluate    struct.pack('<%dH' % len($codes), *$codes)    modules=struct
    ${begins} =      Evaluate    $expected.find($memory)
    Should Be True    0 <= ${begins} < 2 * 400    the recording is not a piece of the sound
    ${stubs} =    Get Stubs
    Should Be Empty    ${stubs}
