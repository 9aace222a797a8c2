/* python_registers.c - the registers of a core by name, as a debugger reads and writes them. */
#include "python_core.h"

#include <string.h>

enum { XPSR_T = 1u << 24, APSR_FIELDS = 0xF80F0000u, CONTROL_FIELDS = 7u };

static bool main_stack_active(const struct cpu *cpu)
{
    return !cpu_uses_process_stack(cpu);
}

static uint32_t read_msp(const struct cpu *cpu)
{
    return main_stack_active(cpu) ? cpu->r[13] : cpu->sp_main;
}

static uint32_t read_psp(const struct cpu *cpu)
{
    return main_stack_active(cpu) ? cpu->sp_process : cpu->r[13];
}

static uint32_t read_primask(const struct cpu *cpu) { return cpu->primask; }
static uint32_t read_faultmask(const struct cpu *cpu) { return cpu->faultmask; }
static uint32_t read_basepri(const struct cpu *cpu) { return cpu->basepri; }
static uint32_t read_control(const struct cpu *cpu) { return cpu->control; }
static uint32_t read_fpscr(const struct cpu *cpu) { return cpu->fpscr; }

static void write_msp(struct cpu *cpu, uint32_t value)
{
    *(main_stack_active(cpu) ? &cpu->r[13] : &cpu->sp_main) = value & ~3u;
}

static void write_psp(struct cpu *cpu, uint32_t value)
{
    *(main_stack_active(cpu) ? &cpu->sp_process : &cpu->r[13]) = value & ~3u;
}

static void write_primask(struct cpu *cpu, uint32_t value) { cpu->primask = value & 1u; }
static void write_faultmask(struct cpu *cpu, uint32_t value) { cpu->faultmask = value & 1u; }
static void write_fpscr(struct cpu *cpu, uint32_t value) { cpu->fpscr = value; }

static void write_basepri(struct cpu *cpu, uint32_t value)
{
    cpu->basepri = (uint8_t)(value & cpu->system->options.priority_mask);
}

/* CONTROL and IPSR choose the stack between them: whatever changes them banks SP. */
static void choose_stack(struct cpu *cpu, uint8_t control, uint16_t ipsr)
{
    const uint32_t msp = read_msp(cpu), psp = read_psp(cpu);

    cpu->control = control;
    cpu->ipsr = ipsr;
    cpu->sp_main = msp;
    cpu->sp_process = psp;
    cpu->r[13] = main_stack_active(cpu) ? msp : psp;
}

static void write_control(struct cpu *cpu, uint32_t value)
{
    choose_stack(cpu, (uint8_t)(value & CONTROL_FIELDS), cpu->ipsr);
}

static void write_xpsr(struct cpu *cpu, uint32_t value)
{
    cpu->apsr = value & APSR_FIELDS;
    cpu->itstate = (uint8_t)((value >> 8 & 0xFCu) | (value >> 25 & 3u));
    choose_stack(cpu, cpu->control, (uint16_t)(value & 0x1FFu));
}

static const struct special {
    const char *name;
    uint32_t (*read)(const struct cpu *cpu);
    void (*write)(struct cpu *cpu, uint32_t value);
} SPECIALS[] = {
    {"xpsr", exception_xpsr, write_xpsr},
    {"msp", read_msp, write_msp},
    {"psp", read_psp, write_psp},
    {"primask", read_primask, write_primask},
    {"basepri", read_basepri, write_basepri},
    {"faultmask", read_faultmask, write_faultmask},
    {"control", read_control, write_control},
    {"fpscr", read_fpscr, write_fpscr},
};
enum { SPECIAL_COUNT = sizeof SPECIALS / sizeof SPECIALS[0] };

static const char *const GENERAL[16] = {"r0", "r1", "r2",  "r3",  "r4",  "r5", "r6", "r7",
                                        "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc"};
static const char *const SINGLES[32] = {
    "s0",  "s1",  "s2",  "s3",  "s4",  "s5",  "s6",  "s7",  "s8",  "s9",  "s10",
    "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21",
    "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31"};

static bool put(PyObject *dict, const char *name, uint32_t value)
{
    PyObject *number = PyLong_FromUnsignedLong(value);
    const bool ok = number != NULL && PyDict_SetItemString(dict, name, number) == 0;

    Py_XDECREF(number);
    return ok;
}

static PyObject *all_registers(const CoreObject *core)
{
    const struct cpu *cpu = core->cpu;
    PyObject *dict = PyDict_New();
    bool ok = dict != NULL;

    for (unsigned n = 0; ok && n < 16; n++) {
        ok = put(dict, GENERAL[n], cpu->r[n]);
    }
    for (unsigned n = 0; ok && n < SPECIAL_COUNT; n++) {
        ok = put(dict, SPECIALS[n].name, SPECIALS[n].read(cpu));
    }
    for (unsigned n = 0; ok && cpu->fpu_present && n < 32; n++) {
        ok = put(dict, SINGLES[n], cpu->fp.s[n]);
    }
    if (!ok) {
        Py_CLEAR(dict);
    }
    return dict;
}

struct found {
    uint32_t *plain; /* or */
    const struct special *special;
};

static struct found find(struct cpu *cpu, PyObject *name)
{
    if (PyUnicode_Check(name)) {
        for (unsigned n = 0; n < 16; n++) {
            if (PyUnicode_CompareWithASCIIString(name, GENERAL[n]) == 0) {
                return (struct found){.plain = &cpu->r[n]};
            }
        }
        for (unsigned n = 0; n < SPECIAL_COUNT; n++) {
            if (PyUnicode_CompareWithASCIIString(name, SPECIALS[n].name) == 0) {
                return (struct found){.special = &SPECIALS[n]};
            }
        }
        for (unsigned n = 0; cpu->fpu_present && n < 32; n++) {
            if (PyUnicode_CompareWithASCIIString(name, SINGLES[n]) == 0) {
                return (struct found){.plain = &cpu->fp.s[n]};
            }
        }
    }
    PyErr_Format(PyExc_KeyError, "there is no register %R", name);
    return (struct found){0};
}

static PyObject *read_register(CoreObject *core, PyObject *name)
{
    const struct found found = find(core->cpu, name);

    if (found.plain != NULL) {
        return PyLong_FromUnsignedLong(*found.plain);
    }
    return found.special ? PyLong_FromUnsignedLong(found.special->read(core->cpu)) : NULL;
}

static bool write_register(CoreObject *core, PyObject *name, uint32_t value)
{
    struct cpu *cpu = core->cpu;
    const struct found found = find(cpu, name);

    if (found.plain == NULL && found.special == NULL) {
        return false;
    }
    if (found.special != NULL && found.special->write == write_xpsr && (value & XPSR_T) == 0) {
        PyErr_SetString(PyExc_ValueError, "xpsr needs its T bit (24): there is no ARM state");
        return false;
    }
    if (found.special != NULL) {
        found.special->write(cpu, value);
    } else if (found.plain == &cpu->r[13]) {
        cpu->r[13] = value & ~3u;
    } else if (found.plain == &cpu->r[15]) {
        cpu->r[15] = value & ~1u;
    } else {
        *found.plain = value;
    }
    if (found.plain == NULL || found.plain == &cpu->r[15]) {
        cpu->system->no_thumb = false;
    }
    cpu_note_process_stack(cpu);
    exception_fp_state_changed(cpu);
    exception_update(cpu);
    return true;
}

/* ---- methods of Core ---- */

PyObject *core_registers(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    return core_usable(self) ? all_registers(self) : NULL;
}

PyObject *core_read_register(PyObject *object, PyObject *name)
{
    CoreObject *self = (CoreObject *)object;

    return core_usable(self) ? read_register(self, name) : NULL;
}

PyObject *core_write_register(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    PyObject *name;
    uint32_t value;

    if (!PyArg_ParseTuple(args, "OO&:write_register", &name, to_u32, &value)
        || !core_idle(self, "write_register()") || !write_register(self, name, value)) {
        return NULL;
    }
    Py_RETURN_NONE;
}
