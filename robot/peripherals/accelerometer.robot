*** Settings ***
Documentation     A LIS2DW12 on I2C: samples from a text file, from a table and from RESD arrive in
...               the firmware as they were fed; a bus that does not acknowledge is survived.
Library           simgate.keywords
Library           OperatingSystem
Library           Process
Test Teardown     Stop Machine

*** Variables ***
${SENSOR}         ${CURDIR}/../../platforms/sensor/lis2dw12.repl

*** Test Cases ***
Samples Of A Text File On The STM32F407
    Samples Of A Text File    stm32f407

Samples Of A Text File On The STM32F746
    Samples Of A Text File    stm32f746

Samples Of A Text File On The STM32G474
    Samples Of A Text File    stm32g474

Samples Of A Text File On The STM32H743
    Samples Of A Text File    stm32h743

A Recording In Virtual Time
    ${table} =    Set Variable    ${OUTPUT DIR}/ramp.csv
    ${rows} =     Evaluate    '\\n'.join(f'{i / 100:.2f},{i / 2048},0,1' for i in range(1000))
    Create File               ${table}    time_s,x_g,y_g,z_g\n${rows}\n
    Convert To Resd           ${table}    ${OUTPUT DIR}/ramp.resd
    Start The Sensor          stm32f407
    Wait For Line On Uart     measuring    timeout=1
    Execute Command           sysbus.i2c1.acc FeedAccelerationSamplesFromRESD @${OUTPUT DIR}/ramp.resd
    ...                       0 0 CurrentVirtualTime
    ${first} =    Next Samples    16
    FOR    ${before}    ${now}    IN ZIP    ${first}[:-1]    ${first}[1:]
        Should Be Equal As Integers    ${now}[0]    ${{$before[0] + 1}}
        Should Be Equal As Integers    ${now}[2]    2048
    END
    Wait For Line On Uart     watching    timeout=1

A Sensor That Does Not Acknowledge
    Start The Sensor          stm32f407
    Wait For Line On Uart     measuring    timeout=1
    Wait For Line On Uart     batch\=16    timeout=1
    Execute Command           sysbus.i2c1.acc InjectFault nack 2
    Wait For Line On Uart     batch\=16    timeout=1
    Execute Command           sysbus.i2c1.acc InjectFault nack
    Wait For Line On Uart     sensor lost    timeout=1
    Run For                   0.25
    Execute Command           sysbus.i2c1.acc ClearFaults
    ${line} =    Wait For Line On Uart     batch\=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True            ${line.Groups}[0] >= 16
    ${line} =    Wait For Line On Uart     refusals\=(\\d+)    timeout=1    treatAsRegex=True
    Should Be True            ${line.Groups}[0] > 7
    Wake It Up

A Stuck And A Saturated Sensor
    Start The Sensor          stm32f407
    Wait For Line On Uart     measuring    timeout=1
    Execute Command           sysbus.i2c1.acc FeedAccelerationSample 0.5 -0.5 1 -1
    Execute Command           sysbus.i2c1.acc InjectFault saturation
    ${samples} =    Next Samples    16
    Should Be Equal           ${samples}[0]    ${{[8191, -8192, 8191]}}
    Execute Command           sysbus.i2c1.acc ClearFaults
    Execute Command           sysbus.i2c1.acc InjectFault noise 0.1
    ${samples} =    Next Samples    16
    Should Be True            len(set(s[0] for s in $samples)) > 8

A Board Without That Bus, And An Address That Is Taken
    ${elf} =    Build Firmware    peripherals/accelerometer    board=stm32f407
    Create File    ${OUTPUT DIR}/nowhere.repl    acc: Sensors.LIS2DW12 @ i2c9 0x18\n
    Run Keyword And Expect Error    *Undefined register 'i2c9'*nowhere.repl:1:*
    ...    Start Machine    stm32f407    ${elf}    attach=${OUTPUT DIR}/nowhere.repl
    Create File    ${OUTPUT DIR}/clash.repl
    ...    acc: Sensors.LIS2DW12 @ i2c1 0x18\nsame: Sensors.HS3001 @ i2c1 0x18\n
    Run Keyword And Expect Error    *clash.repl:2: same: i2c1: 0x18 is taken by 'acc'*
    ...    Start Machine    stm32f407    ${elf}    attach=${OUTPUT DIR}/clash.repl
    Create File    ${OUTPUT DIR}/range.repl    acc: Sensors.LIS2DW12 @ i2c1 0x30000\n
    Run Keyword And Expect Error    *range.repl:1: acc: i2c1: 0x30000 is no 7-bit I2C address*
    ...    Start Machine    stm32f407    ${elf}    attach=${OUTPUT DIR}/range.repl

*** Keywords ***
Samples Of A Text File
    [Arguments]    ${board}
    ${rows} =    Evaluate    '\\n'.join(f'{i / 2048} {-i / 2048} {1 + i / 2048}' for i in range(1, 65))
    Create File                 ${OUTPUT DIR}/ramp.txt    ${rows}
    Start The Sensor            ${board}
    Execute Command             sysbus.i2c1.acc Temperature 31
    Execute Command             sysbus.i2c1.acc FeedAccelerationSample @${OUTPUT DIR}/ramp.txt
    Wait For Line On Uart       who_am_i\=68    timeout=1
    Wait For Line On Uart       celsius\=31     timeout=1
    ${number} =    Set Variable    ${1}
    FOR    ${batch}    IN RANGE    4
        ${line} =    Wait For Line On Uart    waited_ms\=(\\d+)    timeout=1    treatAsRegex=True
        Should Be True          145 <= ${line.Groups}[0] <= 161
        ${samples} =    Next Samples    16
        FOR    ${sample}    IN    @{samples}
            Should Be Equal     ${sample}    ${{[$number, -$number, 2048 + $number]}}
            ${number} =    Evaluate    $number + 1
        END
    END
    Wait For Line On Uart       refusals\=0    timeout=1
    Wake It Up
    Firmware Should Not Have Faulted

Start The Sensor
    [Arguments]    ${board}
    ${elf} =    Build Firmware    peripherals/accelerometer    board=${board}
    Start Machine               ${board}    ${elf}    attach=${SENSOR}
    Create Terminal Tester      sysbus.usart2

Next Samples
    [Arguments]    ${count}
    Wait For Line On Uart       batch\=${count}    timeout=1
    Wait For Line On Uart       overrun\=0    timeout=1
    VAR    @{samples}
    FOR    ${number}    IN RANGE    ${count}
        ${line} =    Wait For Line On Uart    sample\=(.*)    timeout=1    treatAsRegex=True
        ${sample} =    Evaluate    [int(text) for text in $line.Groups[0].split(',')]
        Append To List    ${samples}    ${sample}
    END
    RETURN    ${samples}

Append To List
    [Arguments]    ${list}    ${item}
    Evaluate    $list.append($item)

Wake It Up
    Wait For Line On Uart       watching    timeout=2
    Execute Command             sysbus.i2c1.acc FeedAccelerationSample 0 0 1 3
    Execute Command             sysbus.i2c1.acc FeedAccelerationSample 1.5 0 1 -1
    Wait For Line On Uart       wake_up_source\=12    timeout=1
    Wait For Line On Uart       done    timeout=1

Convert To Resd
    [Arguments]    ${table}    ${target}
    ${python} =    Evaluate    sys.executable
    ${done} =    Run Process    ${python}    -m    simgate    resd    ${table}    ${target}
    ...    --map    acceleration:x,y,z
    Should Be Equal As Integers    ${done.rc}    0    ${done.stderr}
