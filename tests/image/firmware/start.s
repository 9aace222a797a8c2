    .syntax unified
    .cpu cortex-m4
    .thumb

    .section .vectors, "a"
    .word __stack_top
    .word reset

    .section .text.start, "ax"
    .global reset
    .thumb_func
reset:
    bl main
    .global parking
parking:
    b parking
