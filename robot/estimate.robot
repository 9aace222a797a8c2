*** Settings ***
Documentation       How long the keyword spotter's inference takes on silicon, estimated from the cycle
...                 model; every figure has its error band.

Resource            simgate.resource

Suite Setup         Load Simgate


*** Test Cases ***
An Inference Takes Less Than A Quarter Of A Second
    ${latency}=    Estimate Latency    kws    board=stm32f407
    Log    about ${latency.best} ms, ${latency.low} to ${latency.high}
    Should Be True    0 < ${latency.low} < ${latency.best} < ${latency.high} < 250

The Network Takes Most Of It
    ${latency}=    Estimate Latency    kws    board=stm32f407
    Should Be True    ${latency.network.best} > ${latency.front_end.best}
