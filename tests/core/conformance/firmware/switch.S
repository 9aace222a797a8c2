/* switch.S - what C cannot say: the common entry of exceptions, and the frame of an attempt. */
        .syntax unified
        .thumb
        .text

/* The two stack pointers and EXC_RETURN go to exception_entered(), which answers with the
 * EXC_RETURN and the MSP to use, 0 for those that there are. */
        .global any_exception
        .thumb_func
any_exception:
        mrs     r0, msp
        mrs     r1, psp
        mov     r2, lr
        ldr     r3, =main_stack_bottom  /* an SP that cannot serve is left alone */
        cmp     r0, r3
        blo     1f
        ldr     r3, =main_stack_top
        cmp     r0, r3
        bls     2f
1:      ldr     r3, =emergency_stack_top
        msr     msp, r3
2:      push    {r2, r3}
        bl      exception_entered
        pop     {r2, r3}
        cmp     r0, #0
        it      eq
        moveq   r0, r2
        cmp     r1, #0
        it      ne
        msrne   msp, r1
        bx      r0
        .ltorg

/* bool attempt_call(code *run, struct attempted *): keeps SP and IPSR, for recover() */
        .global attempt_call
        .thumb_func
attempt_call:
        push    {r3-r11, lr}
        str     sp, [r1]
        mrs     r2, ipsr
        str     r2, [r1, #4]
        mov     r4, r0
        mov     r0, #0x10               /* as frames show them */
        mov     r1, #0x11
        mov     r2, #0x12
        mov     r3, #0x13
        mov     r12, #0x1C
        blx     r4
        movs    r0, #0
        pop     {r3-r11, pc}

        .global attempt_resume
        .thumb_func
attempt_resume:
        ldr     r0, =attempted
        ldr     r0, [r0]
        mov     sp, r0
        movs    r0, #1
        pop     {r3-r11, pc}

/* A handler below the one that recovered. */
        .global attempt_unwind
        .thumb_func
attempt_unwind:
        ldr     r0, =attempted
        ldr     r0, [r0]
        sub     r0, r0, #64             /* RECOVERY_BELOW: the frame that unwind() writes */
        mov     sp, r0
        bl      unwind
        msr     msp, r1
        bx      r0
        .ltorg

/* void run_with_control(code *run = r0, control = r1, psp = r2); does not return */
        .global run_with_control
        .thumb_func
run_with_control:
        mov     r4, r0
        msr     psp, r2
        msr     control, r1
        isb
        movs    r0, #0
        movs    r1, #0
        mov     r12, r0
        blx     r4
        svc     #0
        udf     #0

        .section .bss
        .balign 8
emergency_stack:
        .space  512
emergency_stack_top:
