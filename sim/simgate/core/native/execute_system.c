/* execute_system.c - exceptions asked for, hints, masks, special registers (DDI 0403, B5.2). */
#include "operation.h"
#include "system.h"

enum {
    SYSM_MSP = 8, SYSM_PSP = 9, SYSM_PRIMASK = 16, SYSM_BASEPRI = 17, SYSM_BASEPRI_MAX = 18,
    SYSM_FAULTMASK = 19, SYSM_CONTROL = 20,
    CONTROL_NPRIV = 1, CONTROL_SPSEL = 2, CONTROL_FPCA = 4,
    APSR_NZCVQ = (int)0xF8000000, APSR_GE = 0x000F0000,
};

static HANDLER(nop)
{
    NEXT;
}

static HANDLER(supervisor_call)
{
    cpu->leave = HALT_SVC;
    GO(leave_after, OP_ARGUMENTS);
}

/* Nobody debugs: a fault. */
static HANDLER(breakpoint)
{
    cpu->fault = (struct fault){.kind = FAULT_BREAKPOINT};
    GO(leave_fault, OP_ARGUMENTS);
}

static HANDLER(wait_for_interrupt)
{
    cpu->leave = HALT_WFI;
    GO(leave_after, OP_ARGUMENTS);
}

static HANDLER(wait_for_event)
{
    cpu->leave = HALT_WFE;
    GO(leave_after, OP_ARGUMENTS);
}

static HANDLER(send_event)
{
    cpu->event_register = true;
    NEXT;
}

static HANDLER(refuse_undefined)
{
    cpu->fault = (struct fault){.kind = FAULT_UNDEFINED};
    GO(leave_fault, OP_ARGUMENTS);
}

/* Access to a coprocessor is looked at before its instruction is (B1.5.7). */
static HANDLER(refuse_fp_undefined)
{
    bool granted = system_fp_granted(cpu);

    cpu->fault = (struct fault){.kind = granted ? FAULT_UNDEFINED : FAULT_NO_COPROCESSOR};
    GO(leave_fault, OP_ARGUMENTS);
}

static HANDLER(refuse_unsupported)
{
    cpu->fault = (struct fault){.kind = FAULT_UNSUPPORTED};
    GO(leave_fault, OP_ARGUMENTS);
}

static HANDLER(refuse_coprocessor)
{
    cpu->fault = (struct fault){.kind = FAULT_NO_COPROCESSOR};
    GO(leave_fault, OP_ARGUMENTS);
}

static bool is_privileged(const struct cpu *cpu)
{
    return cpu->ipsr != 0 || !(cpu->control & CONTROL_NPRIV);
}

/* At the priority of NMI or HardFault, FAULTMASK cannot be set. */
static bool may_set_faultmask(const struct cpu *cpu)
{
    return cpu->system->execution_priority > -1;
}

/* CPS; imm = sub of the instruction. */
static HANDLER(change_masks)
{
    bool disable = (op->imm & 0x10u) != 0;

    if (is_privileged(cpu)) {
        expose(cpu, op);
        if (op->imm & 2u)
            cpu->primask = disable;
        if ((op->imm & 1u) && (!disable || may_set_faultmask(cpu)))
            cpu->faultmask = disable;
        system_masks_changed(cpu);
    }
    GO(after_access, OP_ARGUMENTS);
}

static uint32_t stack_pointer(const struct cpu *cpu, bool process)
{
    if (cpu_uses_process_stack(cpu) == process)
        return cpu->r[13];
    return process ? cpu->sp_process : cpu->sp_main;
}

static uint32_t special_register(const struct cpu *cpu, unsigned sysm)
{
    if (sysm < 8) /* the parts of xPSR; EPSR reads as zero */
        return (sysm & 4u ? 0 : cpu->apsr & (uint32_t)(APSR_NZCVQ | APSR_GE)) |
               (sysm & 1u ? cpu->ipsr : 0u);
    if (sysm == SYSM_CONTROL)
        return cpu->control;
    if (!is_privileged(cpu))
        return 0;
    switch (sysm) {
    case SYSM_MSP: return stack_pointer(cpu, false);
    case SYSM_PSP: return stack_pointer(cpu, true);
    case SYSM_PRIMASK: return cpu->primask;
    case SYSM_BASEPRI: case SYSM_BASEPRI_MAX: return cpu->basepri;
    case SYSM_FAULTMASK: return cpu->faultmask;
    default: return 0;
    }
}

static HANDLER(move_from_special)
{
    flags_to_apsr(cpu);
    R(op->a) = special_register(cpu, op->imm);
    NEXT;
}

/* false: the main stack overflowed. */
static bool write_stack_pointer(struct cpu *cpu, bool process, uint32_t value)
{
    bool active = cpu_uses_process_stack(cpu) == process;

    value &= ~3u;
    if (!process && (value < cpu->lowest_sp || value < cpu->stack_limit) &&
        !main_sp_fell(cpu, value))
        return false;
    if (active)
        cpu->r[13] = value;
    else if (process)
        cpu->sp_process = value;
    else
        cpu->sp_main = value;
    cpu_note_process_stack(cpu);
    return true;
}

static void write_control(struct cpu *cpu, uint32_t value)
{
    bool was_process = cpu_uses_process_stack(cpu);
    uint8_t kept = (uint8_t)(cpu->control & ~(CONTROL_NPRIV | CONTROL_FPCA));

    if (cpu->ipsr == 0)
        kept = (uint8_t)(value & CONTROL_SPSEL);
    cpu->control = (uint8_t)(kept | (value & CONTROL_NPRIV) |
                             (cpu->fpu_present ? value & CONTROL_FPCA : 0));
    if (was_process == cpu_uses_process_stack(cpu))
        return;
    if (was_process) {
        cpu->sp_process = cpu->r[13];
        cpu->r[13] = cpu->sp_main;
    } else {
        cpu->sp_main = cpu->r[13];
        cpu->r[13] = cpu->sp_process;
    }
    cpu_note_process_stack(cpu);
}

/* false: cpu->fault is set. */
static bool write_special(struct cpu *cpu, unsigned sysm, unsigned mask, uint32_t value)
{
    if (sysm < 4) {
        uint32_t changed = (mask & 2u ? (uint32_t)APSR_NZCVQ : 0) | (mask & 1u ? APSR_GE : 0);

        cpu->apsr = (cpu->apsr & ~changed) | (value & changed);
        flags_from_apsr(cpu);
        return true;
    }
    if (!is_privileged(cpu))
        return true;
    switch (sysm) {
    case SYSM_MSP: return write_stack_pointer(cpu, false, value);
    case SYSM_PSP: return write_stack_pointer(cpu, true, value);
    case SYSM_PRIMASK: cpu->primask = value & 1u; break;
    case SYSM_BASEPRI: cpu->basepri = (uint8_t)(value & cpu->system->options.priority_mask); break;
    case SYSM_BASEPRI_MAX:
        value &= cpu->system->options.priority_mask;
        if (value != 0 && (value < cpu->basepri || cpu->basepri == 0))
            cpu->basepri = (uint8_t)value;
        break;
    case SYSM_FAULTMASK:
        if (!(value & 1u) || may_set_faultmask(cpu))
            cpu->faultmask = value & 1u;
        break;
    case SYSM_CONTROL: write_control(cpu, value); break;
    default: return true;
    }
    system_masks_changed(cpu);
    return true;
}

/* Ends its block: what follows may run on another stack, at another priority. */
static HANDLER(move_to_special)
{
    expose(cpu, op);
    if (!write_special(cpu, op->imm, op->c, R(op->b)))
        GO(leave_fault, OP_ARGUMENTS);
    cpu->leave = LEAVE_CONTINUE;
    GO(leave_after, OP_ARGUMENTS);
}

bool bind_system(struct op *op, const struct binding *binding)
{
    const struct instruction *in = binding->instruction;

    op->a = in->rd;
    op->b = in->rn;
    op->c = in->sub;
    op->imm = in->imm;
    switch (in->kind) {
    case K_NOP: op->run = nop; break;
    case K_SVC: op->run = supervisor_call; break;
    case K_BKPT: op->run = breakpoint; break;
    case K_WFI: op->run = wait_for_interrupt; break;
    case K_WFE: op->run = wait_for_event; break;
    case K_SEV: op->run = send_event; break;
    case K_CPS:
        op->run = change_masks;
        op->imm = in->sub;
        break;
    case K_MRS: op->run = move_from_special; break;
    case K_MSR: op->run = move_to_special; break;
    case K_NO_COPROCESSOR: op->run = refuse_coprocessor; break;
    case K_FP_UNDEFINED: op->run = refuse_fp_undefined; break;
    case K_UNDEFINED: op->run = refuse_undefined; break;
    case K_UNSUPPORTED: op->run = refuse_unsupported; break;
    default: return false;
    }
    return true;
}

void bind_instruction(struct op *op, const struct binding *binding)
{
    static const struct instruction unsupported = {.kind = K_UNSUPPORTED};
    const struct binding refusal = {.instruction = &unsupported};
    unsigned kind = binding->instruction->kind;
    bool bound;

    if (kind >= K_FP_FIRST)
        bound = bind_fp(op, binding);
    else if (kind >= K_NOP || kind < K_AND)
        bound = bind_system(op, binding);
    else if (kind >= K_B)
        bound = bind_branch(op, binding);
    else if (kind == K_TABLE_BRANCH)
        bound = bind_branch(op, binding);
    else if (kind == K_LOAD_MULTIPLE || kind == K_STORE_MULTIPLE)
        bound = bind_multiple(op, binding);
    else if (kind >= K_LOAD)
        bound = bind_memory(op, binding);
    else if (kind >= K_MUL)
        bound = bind_multiply(op, binding);
    else if (kind <= K_SHIFT_REGISTER)
        bound = bind_alu(op, binding);
    else
        bound = bind_bits(op, binding) || bind_dsp(op, binding);
    if (!bound)
        bind_system(op, &refusal);
}
