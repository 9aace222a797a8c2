*** Settings ***
Documentation       A zoo of broken firmware, one small program a fault (firmware/app/faults). Whatever a
...                 program does wrong, the report must name the cause, the function and the line of
...                 its source that carries the comment "faults here". A report that says merely
...                 "HardFault" fails.

Resource            simgate.resource

Suite Setup         Build The Zoo
Test Template       Report Should Explain


*** Test Cases ***    PROGRAM    FUNCTION    CAUSE
A Stack That Is Too Small
    stack_overflow    loudest_band    stack overflow    bytes, has 1,024

A Recursion Without End
    infinite_recursion    sum_of    stack overflow    infinite recursion: sum_of calls itself

An Unaligned Buffer For A DSP Kernel
    unaligned_dsp    dot_product    LDRD from 0x    not a multiple of 4    UNALIGNED

A Null Function Pointer
    null_function_pointer    deliver    null function pointer    INVSTATE

A Division By Zero
    divide_by_zero    mean_of_loud    division by zero    DIVBYZERO

An FPU That Nobody Switched On
    fpu_off    scale    the FPU is off    NOCP

A Typo In A Peripheral's Address
    unmapped_peripheral    led_start    0x40200c00    in no memory    PRECISERR

A Jump Into Data
    jump_into_data    start_plug_in    jump into data    plug_in    UNDEFINSTR

A Smashed Stack
    stack_smash    show_name    show_name returned to 0x    return address on the stack was overwritten

A Store To Flash
    flash_write    save_settings    STR to 0x080e0004, which is Flash

An Interrupt That Is Never Cleared
    interrupt_storm    EXTI0_IRQHandler    interrupt storm    EXTI0_IRQHandler

A Watchdog That Bites
    watchdog    wait_for_sensor    watchdog    last fed 40.000 ms ago

A Heap That Grows Into The Stack
    heap_into_stack    features_of    heap into stack    above the main stack's limit

A Handler That Was Called
    ipsr_zero    poll_driver    memory corruption    IPSR = 0    not taken as an exception

A Return From An Exception To Nowhere
    bad_exc_return    PendSV_Handler    0xfffffff5    INVPC

A Supervisor Call In A Critical Section
    svc_masked    write_log    SVC    PRIMASK is set

A Breakpoint That Was Left In
    breakpoint_left    assertion_failed    BKPT    without a debugger

A Null Pointer That The MPU Guards
    null_guard    sum_of    LDRB from 0x00000000    MPU forbids    DACCVIOL

A Fault After The Pass Line
    pass_then_fault    shut_down    null function pointer

A Fault In The Fault Handler
    [Template]    NONE
    Report Should Explain    lockup    checksum    LDR from 0x20020000    behind the end of sram
    Report Should Say    locked up    write_notes

A Task's Stack That Is Too Small
    [Template]    NONE
    Debug Firmware    ${ZOO.task_stack_overflow.elf}    process_stack=worker=task+128..task+384
    Report Should Name Cause    stack overflow    worker    bytes, has 256
    Report Should Name Function    report_value
    Report Should Name Source Line    ${ZOO.task_stack_overflow.source}

A Vector Table That Is Not There
    [Template]    NONE
    Debug Firmware    ${ZOO.wrong_vector_table.elf}
    Report Should Name Cause    the vector table sends SysTick to 0xfffffffe
    Report Should Show Callers    wait_a_while    main


*** Keywords ***
Build The Zoo
    Load Simgate
    ${zoo}=    Build Every Firmware    faults
    Set Suite Variable    ${ZOO}    ${zoo}

Report Should Explain
    [Documentation]    Run a program until it faults: the report names all of this.
    [Arguments]    ${program}    ${function}    @{cause}
    Debug Firmware    ${ZOO}[${program}][elf]
    Report Should Name Cause    @{cause}
    Report Should Name Function    ${function}
    Report Should Name Source Line    ${ZOO}[${program}][source]
