/* python_attributes.c - the attributes of Core, nearly all of them read-only. */
#include "python_core.h"

enum attribute {
    ATTRIBUTE_INSTRUCTIONS,
    ATTRIBUTE_TICKS,
    ATTRIBUTE_SKIPPED,
    ATTRIBUTE_NEXT_TICK,
    ATTRIBUTE_LOWEST_SP,
    ATTRIBUTE_EXCEPTIONS,
    ATTRIBUTE_TAIL_CHAINED,
    ATTRIBUTE_PC,
    ATTRIBUTE_IPSR,
    ATTRIBUTE_CACHE_MAINTENANCE,
    ATTRIBUTE_FAULTS_TAKEN,
};

static PyObject *or_none(uint64_t value, uint64_t none)
{
    if (value == none) {
        Py_RETURN_NONE;
    }
    return PyLong_FromUnsignedLongLong(value);
}

static PyObject *core_number(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    if (!core_usable(self)) {
        return NULL;
    }
    const struct cpu *cpu = self->cpu;
    switch ((enum attribute)(intptr_t)closure) {
    case ATTRIBUTE_INSTRUCTIONS:
        return PyLong_FromUnsignedLongLong(cpu->instructions);
    case ATTRIBUTE_TICKS:
        return PyLong_FromUnsignedLongLong(cpu_ticks(cpu));
    case ATTRIBUTE_SKIPPED:
        return PyLong_FromUnsignedLongLong(cpu->skipped);
    case ATTRIBUTE_NEXT_TICK:
        return or_none(system_next_tick(cpu), TICK_NEVER);
    case ATTRIBUTE_LOWEST_SP:
        return or_none(cpu->lowest_sp, UINT32_MAX);
    case ATTRIBUTE_EXCEPTIONS:
        return PyLong_FromUnsignedLongLong(cpu->system->exceptions_taken);
    case ATTRIBUTE_TAIL_CHAINED:
        return PyLong_FromUnsignedLongLong(cpu->system->tail_chained);
    case ATTRIBUTE_PC:
        return PyLong_FromUnsignedLong(cpu->r[15]);
    case ATTRIBUTE_IPSR:
        return PyLong_FromUnsignedLong(cpu->ipsr);
    case ATTRIBUTE_CACHE_MAINTENANCE:
        return PyLong_FromUnsignedLongLong(cpu->system->cache_maintenance);
    case ATTRIBUTE_FAULTS_TAKEN:
        return PyLong_FromUnsignedLongLong(cpu->system->faults_taken);
    }
    Py_RETURN_NONE;
}

static PyObject *line_ranges(const struct line_log *log)
{
    if (log->all) {
        Py_RETURN_NONE;
    }
    PyObject *list = PyList_New(0);
    for (unsigned i = 0; list != NULL && i < log->count; i++) {
        PyObject *range = Py_BuildValue("(II)", (unsigned)log->first[i], (unsigned)log->last[i]);
        const bool added = range != NULL && PyList_Append(list, range) == 0;
        Py_XDECREF(range);
        if (!added) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *core_get_cleaned_lines(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    return core_usable(self) ? line_ranges(&self->cpu->system->cleaned) : NULL;
}

static PyObject *core_get_invalidated_lines(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    return core_usable(self) ? line_ranges(&self->cpu->system->invalidated) : NULL;
}

static PyObject *core_get_sleeping(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    return core_usable(self) ? PyBool_FromLong(self->cpu->system->sleep != AWAKE) : NULL;
}

static PyObject *core_get_stop_on_entry(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    return core_usable(self) ? PyBool_FromLong(self->cpu->system->stop_on_entry) : NULL;
}

static int core_set_stop_on_entry(PyObject *object, PyObject *value, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    const int on = value == NULL ? 0 : PyObject_IsTrue(value);
    if (on < 0 || !core_usable(self)) {
        return -1;
    }
    self->cpu->system->stop_on_entry = on != 0;
    return 0;
}

static PyObject *core_get_fault(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!core_usable(self)) {
        return NULL;
    }
    const struct fault *fault = &self->cpu->system->fault;
    if (fault->kind == FAULT_NONE) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(iIIIiNiNiNi)", (int)fault->kind, (unsigned)fault->pc,
                         (unsigned)fault->address, (unsigned)fault->encoding, (int)fault->width,
                         PyBool_FromLong(fault->is_store), (int)fault->exception,
                         PyBool_FromLong(fault->escalated), (int)fault->during,
                         PyBool_FromLong(fault->process_stack), (int)fault->cause);
}

static PyObject *core_get_stop_on_fault(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    return core_usable(self) ? PyBool_FromLong(self->cpu->system->stop_on_fault) : NULL;
}

static int core_set_stop_on_fault(PyObject *object, PyObject *value, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    const int on = value == NULL ? 1 : PyObject_IsTrue(value);
    if (on < 0 || !core_usable(self)) {
        return -1;
    }
    self->cpu->system->stop_on_fault = on != 0;
    return 0;
}

static PyObject *core_get_fault_status(PyObject *object, void *closure)
{
    static const struct {
        const char *name;
        uint32_t offset; /* in the system control space */
    } REGISTERS[] = {
        {"cfsr", 0xD28},  {"hfsr", 0xD2C}, {"dfsr", 0xD30}, {"mmfar", 0xD34},
        {"bfar", 0xD38},  {"afsr", 0xD3C}, {"shcsr", 0xD24}, {"ccr", 0xD14},
        {"icsr", 0xD04},  {"vtor", 0xD08}, {"mpu_ctrl", 0xD94},
    };
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    PyObject *dict = core_usable(self) ? PyDict_New() : NULL;
    for (unsigned n = 0; dict != NULL && n < sizeof REGISTERS / sizeof *REGISTERS; n++) {
        uint32_t value = 0;
        (void)scb_load(self->cpu, REGISTERS[n].offset, &value); /* absent: zero */
        PyObject *number = PyLong_FromUnsignedLong(value);
        if (number == NULL || PyDict_SetItemString(dict, REGISTERS[n].name, number) != 0) {
            Py_CLEAR(dict);
        }
        Py_XDECREF(number);
    }
    return dict;
}

static PyObject *core_get_exception_counts(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    PyObject *dict = core_usable(self) ? PyDict_New() : NULL;
    for (unsigned n = 0; dict != NULL && n < EXCEPTION_COUNT; n++) {
        const uint64_t count = self->cpu->system->exception_counts[n];
        if (count == 0) {
            continue;
        }
        PyObject *key = PyLong_FromUnsignedLong(n);
        PyObject *value = PyLong_FromUnsignedLongLong(count);
        if (key == NULL || value == NULL || PyDict_SetItem(dict, key, value) != 0) {
            Py_CLEAR(dict);
        }
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

static PyObject *core_get_deepest(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!core_usable(self)) {
        return NULL;
    }
    const struct cpu *cpu = self->cpu;
    if (cpu->lowest_sp == UINT32_MAX) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(IIIK)", (unsigned)cpu->lowest_sp, (unsigned)cpu->lowest_pc,
                         (unsigned)cpu->lowest_lr, (unsigned long long)cpu->lowest_instructions);
}

static PyObject *core_get_stubs(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!core_usable(self)) {
        return NULL;
    }
    const struct system *system = self->cpu->system;
    PyObject *tuple = PyTuple_New((Py_ssize_t)system->stub_count);
    for (unsigned n = 0; tuple != NULL && n < system->stub_count; n++) {
        PyObject *address = PyLong_FromUnsignedLong(system->stubs[n]);
        if (address == NULL || PyTuple_SetItem(tuple, (Py_ssize_t)n, address) != 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

#define NUMBER(name, attribute, text) \
    {name, core_number, NULL, text, (void *)(intptr_t)(attribute)}

PyGetSetDef python_core_attributes[] = {
    NUMBER("instructions", ATTRIBUTE_INSTRUCTIONS, "Instructions executed since creation."),
    NUMBER("ticks", ATTRIBUTE_TICKS, "Virtual time: instructions + skipped."),
    NUMBER("skipped", ATTRIBUTE_SKIPPED, "Ticks slept."),
    NUMBER("next_tick", ATTRIBUTE_NEXT_TICK, "Tick of the next timer or planned call, or None."),
    NUMBER("lowest_sp", ATTRIBUTE_LOWEST_SP, "Lowest value that the main SP held, or None."),
    NUMBER("exceptions", ATTRIBUTE_EXCEPTIONS, "Exceptions taken, tail-chained ones included."),
    NUMBER("tail_chained", ATTRIBUTE_TAIL_CHAINED, "Of these, entered straight from another."),
    NUMBER("pc", ATTRIBUTE_PC, "Address of the next instruction."),
    NUMBER("ipsr", ATTRIBUTE_IPSR, "Number of the exception that runs; 0 in Thread mode."),
    NUMBER("cache_maintenance", ATTRIBUTE_CACHE_MAINTENANCE,
           "Maintenance operations asked of a Cortex-M7's caches since creation."),
    {"cleaned_lines", core_get_cleaned_lines, NULL,
     "[(first, last)] of what was cleaned while the data cache was on; None: all of it.", NULL},
    {"invalidated_lines", core_get_invalidated_lines, NULL,
     "[(first, last)] of what was invalidated while the data cache was on; None: all of it.", NULL},
    {"sleeping", core_get_sleeping, NULL, "Whether the core waits in WFI or WFE.", NULL},
    {"cycles", core_get_cycles, NULL, "Clock cycles by the cycle model, or None.", NULL},
    {"cycle_stalls", core_get_cycle_stalls, NULL,
     "Cycles of these that were waits: (for code, for data, for refills), or None.", NULL},
    {"stop_on_entry", core_get_stop_on_entry, core_set_stop_on_entry,
     "Whether run() comes back after each exception entry, before the handler begins.", NULL},
    NUMBER("faults_taken", ATTRIBUTE_FAULTS_TAKEN, "Faults that became an exception."),
    {"watch_hit", core_get_watch_hit, NULL,
     "(pc, address, width, is_store) of the watched access of the last run, or None.", NULL},
    {"fault_record", core_get_fault, NULL,
     "(kind, pc, address, encoding, width, is_store, exception, escalated, during, process_stack, "
     "cause) of the last fault since reset, or None.", NULL},
    {"stop_on_fault", core_get_stop_on_fault, core_set_stop_on_fault,
     "Whether run() comes back at a fault, before its exception is taken.", NULL},
    {"fault_status", core_get_fault_status, NULL, "The registers that tell of faults.", NULL},
    {"exception_counts", core_get_exception_counts, NULL,
     "How often each exception was taken since reset, by its number.", NULL},
    {"deepest", core_get_deepest, NULL,
     "(sp, pc, lr, instructions) when the main SP was lowest, or None.", NULL},
    {"stubs_touched", core_get_stubs, NULL,
     "Addresses of system registers that were touched and are not modelled.", NULL},
    {0},
};
