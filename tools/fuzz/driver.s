@ Runs one sequence after another: loads a record into all registers, jumps into the sequence, and
@ stores all registers as the sequence left them. Every sequence ends with a branch to `epilogue`.
@
@ A record: s0-s31, FPSCR, APSR, r0-r12, lr, pc; the sequence begins with SP right behind it.
@ A result: r0-r12, sp, lr, APSR, FPSCR, s0-s31, then DONE or the status of the fault.
@ Cells (at CELLS): address of the record, address of the result, records that are left; then the
@ arguments of semihosting's SYS_OPEN and SYS_WRITE, with which QEMU hands over the results.
@ Symbols RECORD_SIZE, RESULT_SIZE, CELLS and STACK come from outside. All engines but QEMU stop at
@ `finish`.

        .syntax unified
        .cpu    cortex-m4
        .fpu    fpv4-sp-d16
        .thumb
        .section .text

        .equ    DONE, 0x600D
        .equ    RESULT_STATUS, 49 * 4

vectors:
        .word   STACK
        .word   reset + 1
        .rept   14
        .word   failed + 1
        .endr

        .thumb_func
        .global reset
reset:
        ldr     r0, =0xE000ED88         @ CPACR: full access to CP10 and CP11
        mov     r1, #0xF << 20
        str     r1, [r0]
        dsb
        isb
        ldr     r0, =0xE000EF34         @ FPCCR: no frame of the FPU at exceptions
        mov     r1, #0
        str     r1, [r0]
        dsb
        isb
        .thumb_func
        .global next
next:
        ldr     r0, =CELLS
        ldr     r1, [r0, #8]
        cmp     r1, #0
        beq.w   finish
        sub     r1, #1
        str     r1, [r0, #8]
        ldr     r2, [r0]
        clrex
        mov     sp, r2
        vldmia  sp!, {s0-s31}
        pop     {r0, r1}
        vmsr    fpscr, r0
        msr     apsr_nzcvqg, r1
        ldmia   sp!, {r0-r12, lr}
        pop     {pc}

        .thumb_func
        .global epilogue
epilogue:
        str     r0, [sp, #-4]!
        ldr     r0, =CELLS
        ldr     r0, [r0, #4]
        add     r0, r0, #4
        stmia   r0!, {r1-r12}
        ldr     r2, [sp]
        str     r2, [r0, #-52]
        add     r2, sp, #4
        mrs     r3, apsr
        vmrs    r4, fpscr
        str     r2, [r0]
        str     lr, [r0, #4]
        str     r3, [r0, #8]
        str     r4, [r0, #12]
        add     r0, r0, #16
        vstmia  r0!, {s0-s31}
        movw    r1, #DONE
        str     r1, [r0]
        .thumb_func
        .global advance
advance:
        ldr     r0, =CELLS
        ldrd    r1, r2, [r0]
        add     r1, r1, #RECORD_SIZE
        add     r2, r2, #RESULT_SIZE
        strd    r1, r2, [r0]
        b       next

@ Any exception: the status of the fault into the result, and on with the next record.
        .thumb_func
failed:
        ldr     r0, =CELLS
        ldr     r0, [r0, #4]
        ldr     r1, =0xE000ED28         @ CFSR
        ldr     r2, [r1]
        str     r2, [r1]
        movw    r3, #0xFA17
        str     r3, [r0, #RESULT_STATUS]
        str     r2, [r0, #RESULT_STATUS + 4]
        ldr     r0, =STACK - 32
        mov     sp, r0
        ldr     r1, =advance
        str     r1, [r0, #24]
        mov     r1, #1 << 24
        str     r1, [r0, #28]
        mvn     lr, #6                  @ EXC_RETURN: Thread mode, main stack, no frame of the FPU
        bx      lr

        .thumb_func
        .global finish
finish:
        ldr     r4, =CELLS + 12
        mov     r1, r4
        movs    r0, #1                  @ SYS_OPEN
        bkpt    #0xAB
        str     r0, [r4, #12]
        add     r1, r4, #12
        movs    r0, #5                  @ SYS_WRITE
        bkpt    #0xAB
        ldr     r1, =0x20026
        movs    r0, #0x18               @ SYS_EXIT
        bkpt    #0xAB
        .global end
end:    b       end
        .ltorg
