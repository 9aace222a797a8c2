/* execute.c - the loop around the chain of handlers, and the ways out of it. */
#include <stdlib.h>

#include "code_cache.h"
#include "timing.h"

struct cpu *cpu_create(enum fpu fpu)
{
    struct cpu *cpu = calloc(1, sizeof *cpu);

    if (cpu == NULL)
        return NULL;
    cpu->fpu = (uint8_t)fpu;
    cpu->fpu_present = fpu != FPU_NONE;
    cpu->lowest_sp = UINT32_MAX;
    cpu->stop_reported_at = UINT64_MAX;
    cpu->stepped_to = cpu->left_at = NO_PLACE;
    cpu->memory = memory_create();
    cpu->code = code_create();
    if (cpu->memory == NULL || cpu->code == NULL) {
        cpu_destroy(cpu);
        return NULL;
    }
    cpu->view = &cpu->memory->views[VIEW_OPEN];
    cpu->granules = cpu->view->granules;
    return cpu;
}

void cpu_destroy(struct cpu *cpu)
{
    if (cpu == NULL)
        return;
    timing_end(cpu);
    if (cpu->code != NULL)
        code_destroy(cpu);
    if (cpu->memory != NULL)
        memory_destroy(cpu->memory);
    free(cpu->areas);
    free(cpu);
}

/* ---- flags ---- */

void flags_to_apsr(struct cpu *cpu)
{
    uint32_t nzcv = (cpu->flag_nz < 0 ? 1u << 31 : 0) | ((uint32_t)cpu->flag_nz == 0 ? 1u << 30 : 0) |
                    (uint32_t)cpu->flag_c << 29 | (uint32_t)cpu->flag_v << 28;

    cpu->apsr = (cpu->apsr & 0x0FFFFFFFu) | nzcv;
}

void flags_from_apsr(struct cpu *cpu)
{
    uint32_t low = cpu->apsr >> 30 & 1u ? 0 : 1;

    cpu->flag_nz = (cpu->apsr >> 31 ? INT64_MIN : 0) | low;
    cpu->flag_c = cpu->apsr >> 29 & 1u;
    cpu->flag_v = cpu->apsr >> 28 & 1u;
}

/* ---- leaving the chain ---- */

/* Makes the count exact; `refund`: instructions that were paid for and do not execute now. */
static const struct op *leave(struct cpu *cpu, uint32_t refund)
{
    cpu->budget += refund;
    cpu->instructions = cpu->deadline - (uint64_t)cpu->budget;
    flags_to_apsr(cpu);
    return NULL;
}

HANDLER(leave_short)
{
    cpu->trail_at--; /* not entered */
    cpu->r[15] = op->pc;
    cpu->itstate = 0;
    cpu->leave = LEAVE_SHORT;
    return leave(cpu, op->imm);
}

HANDLER(leave_before)
{
    const struct op_position *position = op_position(cpu, op);

    cpu->r[15] = cpu->left_at = position->pc;
    cpu->itstate = position->itstate;
    return leave(cpu, position->behind + 1u);
}

HANDLER(leave_after)
{
    const struct op_position *position = op_position(cpu, op);

    cpu->r[15] = cpu->left_at = position->pc + position->size;
    cpu->itstate = it_advance(position->itstate);
    return leave(cpu, position->behind);
}

HANDLER(leave_for_target)
{
    (void)op;
    cpu->itstate = 0;
    cpu->leave = LEAVE_CONTINUE;
    return leave(cpu, 0);
}

static uint32_t encoding_at(const struct cpu *cpu, uint32_t pc)
{
    uint16_t first = 0, second = 0;

    if (!memory_peek(cpu, pc, &first, 2) || (first & 0xF800u) < 0xE800u)
        return first;
    memory_peek(cpu, pc + 2, &second, 2);
    return (uint32_t)first << 16 | second;
}

HANDLER(leave_fault)
{
    cpu->fault.pc = op_position(cpu, op)->pc;
    cpu->fault.encoding = encoding_at(cpu, cpu->fault.pc);
    cpu->leave = HALT_FAULT;
    return leave_before(OP_ARGUMENTS);
}

HANDLER(after_access)
{
    if (LIKELY(!cpu->attention && !cpu->code_stale))
        NEXT;
    cpu->leave = LEAVE_CONTINUE;
    GO(leave_after, OP_ARGUMENTS);
}

HANDLER(enter_block)
{
    note_block(cpu, op);
    cpu->budget -= op->imm;
    if (UNLIKELY(cpu->budget < 0))
        GO(leave_short, OP_ARGUMENTS);
    NEXT;
}

/* No block may begin there: a branch would find it, and never ask whether it is a return. */
static bool may_be_exc_return(uint32_t target)
{
    return target >= 0xF0000000u;
}

HANDLER(branch_slow)
{
    uint32_t target = cpu->slow_value;

    if (may_be_exc_return(target) && cpu->ipsr != 0) {
        cpu->exc_return = target;
        cpu->fault.pc = op_position(cpu, op)->pc; /* should the return prove illegal */
        cpu->r[15] = target & ~1u;
        cpu->itstate = 0;
        cpu->leave = HALT_EXCEPTION_RETURN;
        return leave(cpu, 0);
    }
    cpu->r[15] = target & ~1u;
    if (target & 1u)
        GO(leave_for_target, OP_ARGUMENTS);
    uint32_t pc = op_position(cpu, op)->pc;
    cpu->fault = (struct fault){.kind = FAULT_INVALID_STATE, .pc = pc, .address = target,
                                .encoding = encoding_at(cpu, pc)};
    cpu->itstate = 0;
    cpu->leave = HALT_FAULT;
    return leave(cpu, 0);
}

HANDLER(branch_plain)
{
    cpu->r[15] = cpu->slow_value & ~1u;
    GO(leave_for_target, OP_ARGUMENTS);
}

void expose(struct cpu *cpu, const struct op *op)
{
    const struct op_position *position = op_position(cpu, op);

    cpu->r[15] = position->pc;
    cpu->itstate = position->itstate;
    cpu->instructions = cpu->deadline - (uint64_t)(cpu->budget + position->behind + 1);
    flags_to_apsr(cpu);
}

bool load_slow(struct cpu *cpu, const struct op *op, uint32_t address, uint8_t width)
{
    const uint8_t *part = memory_part(cpu, address, width, MAY_READ);

    if (part != NULL) {
        cpu->loaded[0] = 0;
        memcpy(&cpu->loaded[0], part, width);
        return true;
    }
    expose(cpu, op);
    return memory_load(cpu, address, width, &cpu->loaded[0]);
}

bool load_words_slow(struct cpu *cpu, const struct op *op, uint32_t address, unsigned count)
{
    unsigned i;

    expose(cpu, op);
    for (i = 0; i < count; i++)
        if (!memory_load(cpu, address + 4 * i, 4, &cpu->loaded[i]))
            return false;
    return true;
}

bool store_slow(struct cpu *cpu, const struct op *op, uint32_t address, uint8_t width,
                uint32_t value)
{
    uint8_t *part = memory_part(cpu, address, width, MAY_WRITE);

    if (part != NULL) {
        memcpy(part, &value, width);
        return true;
    }
    expose(cpu, op);
    return memory_store(cpu, address, width, value);
}

bool fault_unaligned(struct cpu *cpu, uint32_t address, uint8_t width, bool is_store)
{
    cpu->fault = (struct fault){.kind = FAULT_UNALIGNED, .address = address, .width = width,
                                .is_store = is_store};
    return false;
}

/* ---- running ---- */

static void run_chain(struct cpu *cpu, const struct op *head, uint64_t deadline)
{
    const struct op *op = head;

    cpu->deadline = deadline;
    cpu->budget = (int64_t)(deadline - cpu->instructions);
    while (op != NULL) /* once, with tail calls */
        op = op->run(cpu, op);
}

static bool condition_holds(const struct cpu *cpu, unsigned condition)
{
    bool n = cpu->apsr >> 31 & 1u, z = cpu->apsr >> 30 & 1u, c = cpu->apsr >> 29 & 1u;
    bool v = cpu->apsr >> 28 & 1u, holds;

    switch (condition >> 1) {
    case 0: holds = z; break;
    case 1: holds = c; break;
    case 2: holds = n; break;
    case 3: holds = v; break;
    case 4: holds = c && !z; break;
    case 5: holds = n == v; break;
    case 6: holds = !z && n == v; break;
    default: return true;
    }
    return holds != (condition & 1u);
}

/* Before something is entered at r[15] that may only be where the last block was left. */
static void note_going_on(struct cpu *cpu)
{
    if (cpu->r[15] == cpu->left_at)
        trail_note(cpu, TRAIL_GOES_ON);
    cpu->stepped_to = cpu->left_at = NO_PLACE;
}

static void note_step(struct cpu *cpu, uint32_t pc)
{
    if (pc == cpu->stepped_to) {
        cpu->trail[(cpu->trail_at - 1) % TRAIL_LENGTH] += TRAIL_BLOCK(0, 1);
        cpu->stepped_to = NO_PLACE;
        return;
    }
    note_going_on(cpu);
    trail_note(cpu, TRAIL_BLOCK(pc, 1));
}

/* One instruction, exactly; apsr, itstate and r[15] are in order before and after. */
static void step(struct cpu *cpu)
{
    struct instruction instruction;
    uint32_t pc = cpu->r[15];
    bool in_it = (cpu->itstate & 0xFu) != 0;

    cpu->leave = LEAVE_CONTINUE;
    note_step(cpu, pc);
    cpu->left_at = pc;
    if (!code_decode(cpu, pc, in_it, &instruction)) {
        fault_fetch(cpu, pc);
        cpu->leave = HALT_FAULT;
        return;
    }
    const bool skips =
        in_it && instruction.kind != K_BKPT && !condition_holds(cpu, cpu->itstate >> 4);
    if (cpu->timing != NULL)
        timing_step(cpu, &instruction, pc, in_it ? cpu->itstate >> 4 : 14, !skips);
    if (skips) {
        cpu->itstate = it_advance(cpu->itstate);
    } else if (instruction.kind == K_IT && !in_it) {
        cpu->itstate = (uint8_t)instruction.imm;
    } else {
        uint64_t trail_at = cpu->trail_at;

        cpu->left_at = NO_PLACE;
        run_chain(cpu, code_step(cpu, &instruction), cpu->instructions + 1);
        cpu->trail_at = trail_at;
        if (cpu->leave == LEAVE_SHORT)
            cpu->leave = LEAVE_CONTINUE;
        if (cpu->r[15] == pc + instruction.size)
            cpu->stepped_to = cpu->left_at = cpu->r[15];
        return;
    }
    cpu->r[15] += instruction.size;
    cpu->stepped_to = cpu->left_at = cpu->r[15];
    cpu->instructions++;
}

static void run_from_here(struct cpu *cpu, uint64_t deadline)
{
    const struct op *head = code_block(cpu, cpu->r[15]);

    cpu->leave = LEAVE_CONTINUE;
    if (head == NULL)
        return;
    note_going_on(cpu);
    run_chain(cpu, head, deadline);
}

static bool stops_here(struct cpu *cpu)
{
    if (!code_has_stop(cpu->code, cpu->r[15]))
        return false;
    return cpu->stop_reported_at != cpu->instructions || cpu->stop_reported_pc != cpu->r[15];
}

static enum halt report_stop(struct cpu *cpu)
{
    cpu->stop_reported_at = cpu->instructions;
    cpu->stop_reported_pc = cpu->r[15];
    return HALT_STOP_POINT;
}

enum halt execute(struct cpu *cpu, uint64_t deadline)
{
    bool stepping = false;

    cpu->fault.kind = FAULT_NONE;
    flags_from_apsr(cpu);
    refresh_sp_floor(cpu);
    for (;;) {
        if (UNLIKELY(cpu->code_stale ||
                     cpu->unaligned_trap != cpu->code->built_with_unaligned_trap))
            code_settle(cpu);
        if (cpu->instructions >= deadline)
            return HALT_DEADLINE;
        if (cpu->attention)
            return HALT_ATTENTION;
        cpu->fp_slow = true; /* the first FP instruction finds out whether it may be quick */
        bool has_stop = code_has_stop(cpu->code, cpu->r[15]);
        if (has_stop && stops_here(cpu))
            return report_stop(cpu);
        if (stepping || has_stop || cpu->itstate != 0 || may_be_exc_return(cpu->r[15]))
            step(cpu);
        else
            run_from_here(cpu, deadline);
        if (cpu->leave == LEAVE_STEP)
            step(cpu);
        switch (cpu->leave) {
        case LEAVE_CONTINUE: break;
        case LEAVE_SHORT: stepping = true; break;
        case HALT_STOP_POINT: return report_stop(cpu);
        default: return (enum halt)cpu->leave;
        }
    }
}
