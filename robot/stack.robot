*** Settings ***
Documentation       The case from practice: the keyword spotter was linked with 1 KiB of stack, overran what
...                 lay beside it, and looked like anything but a stack that is too small. Here it fails with
...                 how much it needs, the chain of calls that needs it, and what it would have run over.

Resource            simgate.resource

Suite Setup         Load Simgate


*** Test Cases ***
One Kilobyte Of Stack Is Too Little For The Keyword Spotter
    Boot The Keyword Spotter    1024
    Say The First Clip
    Run Keyword And Expect Error    *stack overflow: needs at least * bytes, has 1,024*    Read Answer
    ${report}=    Examine Fault
    Report Should Name Cause    stack overflow    needs at least    bytes, has 1,024
    Report Should Name Function    audio_front_end_run
    Report Should Show Callers    audio_front_end_run    main    Reset_Handler
    Report Should Say    The chain that went deepest: audio_front_end_run < main < Reset_Handler
    ...    Below the stack, at 0x1ffffffc: in no memory of the board
    ${needed}=    Should Match Regexp    ${report.cause}    needs at least ([\\d,]+) bytes
    Set Suite Variable    ${NEEDED}    ${needed}[1]

Three Kilobytes Are Enough
    Boot The Keyword Spotter    3072
    ${word}=    Say The First Clip
    ${answer}=    Read Answer
    Should Be Equal    ${answer}[label]    ${word}
    Stack Should Be Within Budget    3 KiB
    ${run}=    Get Run
    ${used}=    Evaluate    format(${run.stack}, ',')
    Should Be Equal    ${used}    ${NEEDED}    It uses what the failed run said that it needs
    Firmware Should Not Have Faulted

What Lies Below The Stack Is Named
    ${zoo}=    Build Every Firmware    faults
    Debug Firmware    ${zoo.stack_into_arena.elf}
    Report Should Name Cause    stack overflow    needs at least    bytes, has 1,024
    Report Should Name Source Line    ${zoo.stack_into_arena.source}
    Report Should Show Callers    depthwise_layer    run_network    main
    Report Should Say    overwrite what lies below the stack:    tensor_arena


*** Keywords ***
Boot The Keyword Spotter
    [Arguments]    ${stack_bytes}
    ${elf}=    Build Firmware    kws    STACK_SIZE=${stack_bytes}
    Start Application    kws    image=${elf}

Say The First Clip
    ${clips}=    Get Clips
    Send Wav File    ${clips}[0][path]
    RETURN    ${clips}[0][word]
