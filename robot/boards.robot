*** Settings ***
Documentation       The keyword spotter on every board: each hears the words, each layer equals
...                 TensorFlow Lite Micro within the board's budgets, and every tensor is the same
...                 on all of them, byte for byte.

Resource            simgate.resource

Suite Setup         Load Simgate
Test Template       The Keyword Spotter Should Pass On


*** Test Cases ***    BOARD
Cortex-M4F, 168 MHz    stm32f407
Cortex-M4F, 170 MHz    stm32g474
Cortex-M7 With Single Precision, 216 MHz    stm32f746
Cortex-M7 With Double Precision, 480 MHz    stm32h743
Every Tensor Is The Same On All Boards
    [Template]    NONE
    ${identical}=    Tensors Should Be Identical
    Log    ${identical}    console=yes


*** Keywords ***
The Keyword Spotter Should Pass On
    [Arguments]    ${board}
    Start Application    kws    board=${board}
    Hear Every Clip
    Every Layer Should Match Reference
    Verification Should Pass
    Firmware Should Not Have Faulted
    Keep Tensors    ${board}
