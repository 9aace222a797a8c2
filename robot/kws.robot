*** Settings ***
Documentation       The main job: spoken words go as sound into the keyword spotter on a simulated
...                 STM32F407 and come out as keywords; every layer of the network on the chip is
...                 compared with TensorFlow Lite Micro; memory and instructions are held against
...                 firmware/app/kws/budgets.toml. The firmware is built first where it must be.

Resource            simgate.resource

Suite Setup         Boot The Keyword Spotter


*** Test Cases ***
Spoken Words Are Heard
    ${clips}=    Get Clips
    FOR    ${clip}    IN    @{clips}
        Send Wav File    ${clip}[path]
        ${answer}=    Read Answer
        Log    said ${clip}[word], heard ${answer}[label]
    END
    ${verdict}=    Words Should Be Heard
    Log    ${verdict}
    Firmware Should Not Have Faulted

The Front End Equals Its Reference
    Features Should Match Reference

Every Layer Equals TensorFlow Lite Micro
    Every Layer Should Match Reference

LiteRT Agrees Or Its Rounding Explains The Difference
    ${opinion}=    Every Layer Should Match Reference    reference=LITERT
    Log    ${opinion}

Memory And Instructions Are Within Their Budgets
    Flash Should Be Within Budget
    RAM Should Be Within Budget
    Stack Should Be Within Budget
    Instructions Should Be Within Budget

The Whole Verdict
    Log Verification Table
    Verification Should Pass


*** Keywords ***
Boot The Keyword Spotter
    Load Simgate
    Start Application    kws
