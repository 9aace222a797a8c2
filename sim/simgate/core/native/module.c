/* module.c - the extension module simgate.core._native and its type Core. */
#include "python_core.h"

#include <string.h>
#include <time.h>

/* run() looks for signals and at the host's clock after so many ticks. */
enum { SLICE_TICKS = 20000000 };

/* ---- arguments ---- */

static bool take_unsigned(PyObject *object, uint64_t most, unsigned bits, uint64_t *result)
{
    if (!PyLong_Check(object)) {
        PyErr_Format(PyExc_TypeError, "an int is needed, not %R", object);
        return false;
    }
    const unsigned long long value = PyLong_AsUnsignedLongLong(object);
    if ((value == (unsigned long long)-1 && PyErr_Occurred() != NULL) || value > most) {
        PyErr_Clear();
        PyErr_Format(PyExc_ValueError, "%R is not in 0..2**%u-1", object, bits);
        return false;
    }
    *result = value;
    return true;
}

/* Converters for PyArg_ParseTuple's O&. */
static int to_u64(PyObject *object, void *result)
{
    return take_unsigned(object, UINT64_MAX, 64, result);
}

static int to_u32(PyObject *object, void *result)
{
    uint64_t value;

    if (!take_unsigned(object, UINT32_MAX, 32, &value)) {
        return 0;
    }
    *(uint32_t *)result = (uint32_t)value;
    return 1;
}

/* Base and size of a range that does not wrap. */
static bool range_ok(uint32_t base, uint32_t size)
{
    if (size == 0 || (uint64_t)base + size > UINT64_C(1) << 32) {
        PyErr_Format(PyExc_ValueError, "the range 0x%x, %u bytes, is empty or wraps",
                     (unsigned)base, (unsigned)size);
        return false;
    }
    return true;
}

static PyObject *range_refused(uint32_t base, uint32_t size)
{
    return PyErr_Format(PyExc_ValueError,
                        "cannot map 0x%x, %u bytes: it overlaps another range, is not a multiple "
                        "of 4 bytes, has no memory behind it, or the host has none left",
                        (unsigned)base, (unsigned)size);
}

/* ---- who may do what, when ---- */

/* The core exists, and no other thread is executing it: inside callbacks, too. */
static bool usable(const CoreObject *self)
{
    if (self->cpu == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this Core was not initialised");
        return false;
    }
    if (self->phase == PHASE_RUNNING) {
        PyErr_SetString(PyExc_RuntimeError, "the core is running in another thread");
        return false;
    }
    return true;
}

/* And no callback is under way: the core is between two instructions. */
static bool idle(const CoreObject *self, const char *what)
{
    if (!usable(self)) {
        return false;
    }
    if (self->phase != PHASE_IDLE) {
        PyErr_Format(PyExc_RuntimeError, "%s is not possible inside a callback of the core", what);
        return false;
    }
    return true;
}

/* ---- life ---- */

struct module_state {
    PyObject *memory_type;
};

/* From the module of Core, which is `type` or one of its bases; a new reference. */
static PyObject *memory_type_of(PyTypeObject *type)
{
    for (; type != NULL; type = (PyTypeObject *)PyType_GetSlot(type, Py_tp_base)) {
        PyObject *module = PyType_GetModule(type);
        if (module != NULL) {
            const struct module_state *state = PyModule_GetState(module);
            return Py_NewRef(state->memory_type);
        }
        PyErr_Clear(); /* a subclass made by Python code has none */
    }
    PyErr_SetString(PyExc_TypeError, "this is no Core");
    return NULL;
}

static bool initialise(CoreObject *self, const struct system_options *options, bool fpu)
{
    self->cpu = cpu_create(fpu);
    if (self->cpu == NULL || !system_create(self->cpu, options)) {
        if (self->cpu != NULL) {
            cpu_destroy(self->cpu);
            self->cpu = NULL;
        }
        PyErr_NoMemory();
        return false;
    }
    for (unsigned width = 1; width <= 4; width *= 2) {
        self->widths[width] = PyLong_FromUnsignedLong(width);
    }
    return true;
}

static int core_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"fpu",        "tick_hz",       "systick_hz",   "systick_external_hz",
                            "dwt_hz",     "interrupts",    "priority_mask", "initial_vtor",
                            "cpuid",      NULL};
    CoreObject *self = (CoreObject *)object;
    struct system_options options = {.cpuid = 0x410FC241u};
    uint32_t interrupts = 240, priority_mask = 0xF0;
    int fpu = 1;

    options.tick_hz = options.systick_hz = options.dwt_hz = 100000000; /* Renode's default */
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "|$pO&O&O&O&O&O&O&O&:Core", names, &fpu, to_u32, &options.tick_hz, to_u32,
            &options.systick_hz, to_u32, &options.systick_external_hz, to_u32, &options.dwt_hz,
            to_u32, &interrupts, to_u32, &priority_mask, to_u32, &options.initial_vtor, to_u32,
            &options.cpuid)) {
        return -1;
    }
    if (self->cpu != NULL) {
        PyErr_SetString(PyExc_RuntimeError, "this Core is initialised already");
        return -1;
    }
    if (options.systick_external_hz == 0) {
        options.systick_external_hz = options.systick_hz / 8;
    }
    if (options.tick_hz == 0 || options.systick_hz == 0 || options.systick_external_hz == 0
        || options.dwt_hz == 0) {
        PyErr_SetString(PyExc_ValueError, "a frequency must be above 0 Hz");
        return -1;
    }
    if (interrupts == 0 || interrupts > EXTERNAL_COUNT || priority_mask == 0
        || priority_mask > 0xFF || (options.initial_vtor & 0x7F) != 0) {
        PyErr_SetString(PyExc_ValueError, "interrupts must be in 1..240, priority_mask in "
                                          "0x01..0xff, initial_vtor a multiple of 128");
        return -1;
    }
    options.interrupts = (uint16_t)interrupts;
    options.priority_mask = (uint8_t)priority_mask;
    self->memory_type = memory_type_of(Py_TYPE(object));
    return self->memory_type != NULL && initialise(self, &options, fpu != 0) ? 0 : -1;
}

static int core_traverse(PyObject *object, visitproc visit, void *arg)
{
    CoreObject *self = (CoreObject *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->memory_type);
    return python_visit_callbacks(self, visit, arg);
}

static int core_clear(PyObject *object)
{
    python_unbind_all((CoreObject *)object, false);
    return 0;
}

static void core_dealloc(PyObject *object)
{
    CoreObject *self = (CoreObject *)object;
    PyTypeObject *type = Py_TYPE(object);

    PyObject_GC_UnTrack(object);
    python_unbind_all(self, true);
    if (self->cpu != NULL) {
        system_destroy(self->cpu);
        cpu_destroy(self->cpu);
    }
    for (unsigned width = 1; width <= 4; width *= 2) {
        Py_XDECREF(self->widths[width]);
    }
    Py_XDECREF(self->memory_type);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

/* ---- memories and devices ---- */

static PyObject *core_map_memory(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size;
    int writable;
    uint8_t *bytes;

    if (!PyArg_ParseTuple(args, "O&O&p:map_memory", to_u32, &base, to_u32, &size, &writable)
        || !idle(self, "map_memory()") || !range_ok(base, size)) {
        return NULL;
    }
    if (!memory_add(self->cpu, base, size, writable != 0, &bytes)) {
        return range_refused(base, size);
    }
    return python_memory_view(self, bytes, size);
}

typedef bool (*add_view)(struct cpu *cpu, uint32_t base, uint32_t size, uint32_t target);

static PyObject *map_view(PyObject *object, PyObject *args, const char *what, add_view add)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size, target;

    if (!PyArg_ParseTuple(args, "O&O&O&", to_u32, &base, to_u32, &size, to_u32, &target)
        || !idle(self, what) || !range_ok(base, size)) {
        return NULL;
    }
    if (!add(self->cpu, base, size, target)) {
        return range_refused(base, size);
    }
    Py_RETURN_NONE;
}

static PyObject *core_map_alias(PyObject *self, PyObject *args)
{
    return map_view(self, args, "map_alias()", memory_add_alias);
}

static PyObject *core_map_bitband(PyObject *self, PyObject *args)
{
    return map_view(self, args, "map_bitband()", memory_add_bitband);
}

static PyObject *core_map_device(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size;
    PyObject *read, *write;

    if (!PyArg_ParseTuple(args, "O&O&OO:map_device", to_u32, &base, to_u32, &size, &read, &write)
        || !idle(self, "map_device()") || !range_ok(base, size)) {
        return NULL;
    }
    if (!PyCallable_Check(read) || !PyCallable_Check(write)) {
        PyErr_SetString(PyExc_TypeError, "map_device() needs two callables, read and write");
        return NULL;
    }
    struct binding *binding = python_bind(self, read, write);
    if (binding == NULL) {
        return NULL;
    }
    const struct device device = python_device(binding);
    if (!memory_add_device(self->cpu, base, size, &device)) {
        return range_refused(base, size); /* the binding stays, unused, until the core goes */
    }
    Py_RETURN_NONE;
}

static PyObject *core_on_store(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base;
    PyObject *write;

    if (!PyArg_ParseTuple(args, "O&O:on_store", to_u32, &base, &write)
        || !idle(self, "on_store()")) {
        return NULL;
    }
    if (!PyCallable_Check(write)) {
        return PyErr_Format(PyExc_TypeError, "on_store() needs a callable, not %R", write);
    }
    struct binding *binding = python_bind(self, NULL, write);
    if (binding == NULL) {
        return NULL;
    }
    const struct device device = python_device(binding);
    if (!memory_set_store_handler(self->cpu, base, &device)) {
        return PyErr_Format(PyExc_ValueError, "no read-only memory begins at 0x%x",
                            (unsigned)base);
    }
    Py_RETURN_NONE;
}

static PyObject *core_invalidate(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size;

    if (!PyArg_ParseTuple(args, "O&O&:invalidate", to_u32, &base, to_u32, &size) || !usable(self)
        || !range_ok(base, size)) {
        return NULL;
    }
    code_invalidate(self->cpu, base, size);
    Py_RETURN_NONE;
}

static PyObject *core_read(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, size;
    char *bytes;

    if (!PyArg_ParseTuple(args, "O&O&:read", to_u32, &address, to_u32, &size) || !usable(self)) {
        return NULL;
    }
    if (size == 0) {
        return PyBytes_FromStringAndSize(NULL, 0);
    }
    /* One byte first: a size in gigabytes of nothing must not cost gigabytes. */
    uint8_t probe;
    const bool inside = (uint64_t)address + size <= UINT64_C(1) << 32
                        && memory_peek(self->cpu, address, &probe, 1)
                        && memory_peek(self->cpu, address + size - 1, &probe, 1);
    PyObject *result = inside ? PyBytes_FromStringAndSize(NULL, (Py_ssize_t)size) : NULL;
    if (inside && result == NULL) {
        return NULL;
    }
    if (inside) {
        bytes = PyBytes_AsString(result);
        if (memory_peek(self->cpu, address, bytes, size)) {
            return result;
        }
        Py_DECREF(result);
    }
    return PyErr_Format(PyExc_ValueError, "no memory at all of 0x%x, %u bytes", (unsigned)address,
                        (unsigned)size);
}

static PyObject *core_write(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address;
    Py_buffer data;

    if (!PyArg_ParseTuple(args, "O&y*:write", to_u32, &address, &data)) {
        return NULL;
    }
    bool ok = usable(self);
    if (ok && data.len > 0) {
        ok = (uint64_t)address + (uint64_t)data.len <= UINT64_C(1) << 32
             && memory_poke(self->cpu, address, data.buf, (uint32_t)data.len);
        if (!ok) {
            PyErr_Format(PyExc_ValueError, "no memory at all of 0x%x, %zd bytes",
                         (unsigned)address, data.len);
        }
    }
    PyBuffer_Release(&data);
    if (!ok) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- as the processor accesses ---- */

static PyObject *access_failed(const CoreObject *self)
{
    if (PyErr_Occurred() == NULL) {
        PyErr_Format(PyExc_ValueError, "the access to 0x%x faults (kind %d)",
                     (unsigned)self->cpu->fault.address, (int)self->cpu->fault.kind);
    }
    return NULL;
}

static bool width_ok(uint32_t width)
{
    if (width != 1 && width != 2 && width != 4) {
        PyErr_SetString(PyExc_ValueError, "a width is 1, 2 or 4 bytes");
        return false;
    }
    return true;
}

static PyObject *core_load(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, width, value = 0;

    if (!PyArg_ParseTuple(args, "O&O&:load", to_u32, &address, to_u32, &width)
        || !idle(self, "load()") || !width_ok(width)) {
        return NULL;
    }
    self->failed = false;
    const bool ok = memory_load(self->cpu, address, (uint8_t)width, &value);
    self->failed = false;
    return ok ? PyLong_FromUnsignedLong(value) : access_failed(self);
}

static PyObject *core_store(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, width, value;

    if (!PyArg_ParseTuple(args, "O&O&O&:store", to_u32, &address, to_u32, &width, to_u32, &value)
        || !idle(self, "store()") || !width_ok(width)) {
        return NULL;
    }
    self->failed = false;
    const bool ok = memory_store(self->cpu, address, (uint8_t)width, value);
    self->failed = false;
    if (!ok) {
        return access_failed(self);
    }
    Py_RETURN_NONE;
}

/* ---- running ---- */

static PyObject *core_reset(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (!idle(self, "reset()")) {
        return NULL;
    }
    return PyBool_FromLong(system_reset(self->cpu));
}

static double host_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* run() in slices, without the GIL. -1: an exception is set. */
static int run_slices(CoreObject *self, uint64_t until, double wall_limit_s)
{
    struct cpu *cpu = self->cpu;
    const double wall_end = wall_limit_s > 0 ? host_seconds() + wall_limit_s : 0;

    for (;;) {
        const uint64_t now = cpu_ticks(cpu);
        uint64_t end = until;
        if (cpu->system->sleep == AWAKE && until > now && until - now > SLICE_TICKS) {
            end = now + SLICE_TICKS;
        }
        self->phase = PHASE_RUNNING;
        self->thread = PyEval_SaveThread();
        const enum halt halt = run(cpu, end);
        PyEval_RestoreThread(self->thread);
        self->phase = PHASE_IDLE;
        if (self->failed) {
            return -1;
        }
        if (PyErr_CheckSignals() != 0) {
            return -1;
        }
        if ((halt != HALT_DEADLINE && halt != HALT_SLEEPING) || cpu_ticks(cpu) >= until) {
            return (int)halt;
        }
        if (wall_end > 0 && host_seconds() >= wall_end) {
            return (int)HALT_WALL;
        }
    }
}

static PyObject *core_run(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint64_t until;
    double wall_limit_s = 0;

    if (!PyArg_ParseTuple(args, "O&|d:run_until", to_u64, &until, &wall_limit_s)
        || !idle(self, "run()")) {
        return NULL;
    }
    self->failed = false;
    const int halt = run_slices(self, until, wall_limit_s);
    self->failed = false;
    return halt < 0 ? NULL : PyLong_FromLong(halt);
}

static PyObject *core_request_stop(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (self->cpu == NULL) {
        (void)usable(self);
        return NULL;
    }
    system_request_stop(self->cpu); /* from another thread, too */
    Py_RETURN_NONE;
}

static PyObject *core_add_stop(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address;

    if (!to_u32(argument, &address) || !idle(self, "add_stop()")) {
        return NULL;
    }
    if (!stop_point_add(self->cpu, address & ~1u)) {
        return PyErr_NoMemory();
    }
    Py_RETURN_NONE;
}

static PyObject *core_remove_stop(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address;

    if (!to_u32(argument, &address) || !idle(self, "remove_stop()")) {
        return NULL;
    }
    stop_point_remove(self->cpu, address & ~1u);
    Py_RETURN_NONE;
}

static PyObject *core_set_stack_limit(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t limit = 0;

    if ((argument != Py_None && !to_u32(argument, &limit)) || !idle(self, "set_stack_limit()")) {
        return NULL;
    }
    self->cpu->stack_limit = limit; /* looked at from the next run() on */
    Py_RETURN_NONE;
}

/* ---- interrupts and time ---- */

static bool take_interrupt(const CoreObject *self, PyObject *argument, unsigned *number)
{
    uint32_t value;

    if (!to_u32(argument, &value) || !usable(self)) {
        return false;
    }
    if (value >= self->cpu->system->options.interrupts) {
        PyErr_Format(PyExc_ValueError, "interrupt %u does not exist: there are %u",
                     (unsigned)value, (unsigned)self->cpu->system->options.interrupts);
        return false;
    }
    *number = value;
    return true;
}

static PyObject *core_set_irq(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    CoreObject *self = (CoreObject *)object;
    unsigned number;

    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "set_irq() takes a number and a level");
        return NULL;
    }
    const int level = PyObject_IsTrue(args[1]);
    if (level < 0 || !take_interrupt(self, args[0], &number)) {
        return NULL;
    }
    nvic_set_line(self->cpu, number, level != 0);
    Py_RETURN_NONE;
}

static PyObject *core_pend(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    unsigned number;

    if (!take_interrupt(self, argument, &number)) {
        return NULL;
    }
    nvic_pend(self->cpu, number);
    Py_RETURN_NONE;
}

static PyObject *core_pend_nmi(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (!usable(self)) {
        return NULL;
    }
    exception_pend(self->cpu, EXCEPTION_NMI, true);
    Py_RETURN_NONE;
}

static PyObject *core_schedule(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    CoreObject *self = (CoreObject *)object;
    uint64_t tick;

    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "schedule() takes a tick and a callable");
        return NULL;
    }
    if (!to_u64(args[0], &tick) || !usable(self)) {
        return NULL;
    }
    return python_schedule(self, tick, args[1]);
}

static PyObject *core_cancel(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint64_t handle;

    if (!to_u64(argument, &handle) || !usable(self)) {
        return NULL;
    }
    return python_cancel(self, handle);
}

/* ---- registers ---- */

static PyObject *core_registers(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    return usable(self) ? python_registers(self) : NULL;
}

static PyObject *core_read_register(PyObject *object, PyObject *name)
{
    CoreObject *self = (CoreObject *)object;

    return usable(self) ? python_read_register(self, name) : NULL;
}

static PyObject *core_write_register(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    PyObject *name;
    uint32_t value;

    if (!PyArg_ParseTuple(args, "OO&:write_register", &name, to_u32, &value)
        || !idle(self, "write_register()") || !python_write_register(self, name, value)) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---- attributes ---- */

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

    if (!usable(self)) {
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
    }
    Py_RETURN_NONE;
}

static PyObject *core_get_sleeping(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    return usable(self) ? PyBool_FromLong(self->cpu->system->sleep != AWAKE) : NULL;
}

static PyObject *core_get_fault(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!usable(self)) {
        return NULL;
    }
    const struct fault *fault = &self->cpu->fault;
    if (fault->kind == FAULT_NONE) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(iIIIiN)", (int)fault->kind, (unsigned)fault->pc,
                         (unsigned)fault->address, (unsigned)fault->encoding, (int)fault->width,
                         PyBool_FromLong(fault->is_store));
}

static PyObject *core_get_stubs(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!usable(self)) {
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

static PyGetSetDef core_attributes[] = {
    NUMBER("instructions", ATTRIBUTE_INSTRUCTIONS, "Instructions executed since creation."),
    NUMBER("ticks", ATTRIBUTE_TICKS, "Virtual time: instructions + skipped."),
    NUMBER("skipped", ATTRIBUTE_SKIPPED, "Ticks slept."),
    NUMBER("next_tick", ATTRIBUTE_NEXT_TICK, "Tick of the next timer or planned call, or None."),
    NUMBER("lowest_sp", ATTRIBUTE_LOWEST_SP, "Lowest value that the main SP held, or None."),
    NUMBER("exceptions", ATTRIBUTE_EXCEPTIONS, "Exceptions taken, tail-chained ones included."),
    NUMBER("tail_chained", ATTRIBUTE_TAIL_CHAINED, "Of these, entered straight from another."),
    NUMBER("pc", ATTRIBUTE_PC, "Address of the next instruction."),
    NUMBER("ipsr", ATTRIBUTE_IPSR, "Number of the exception that runs; 0 in Thread mode."),
    {"sleeping", core_get_sleeping, NULL, "Whether the core waits in WFI or WFE.", NULL},
    {"fault_record", core_get_fault, NULL,
     "(kind, pc, address, encoding, width, is_store) or None.", NULL},
    {"stubs_touched", core_get_stubs, NULL,
     "Addresses of system registers that were touched and are not modelled.", NULL},
    {0},
};

#define FAST(function) ((PyCFunction)(void (*)(void))(function)), METH_FASTCALL

static PyMethodDef core_methods[] = {
    {"map_memory", core_map_memory, METH_VARARGS, "map_memory(base, size, writable)"},
    {"map_alias", core_map_alias, METH_VARARGS, "map_alias(base, size, target)"},
    {"map_device", core_map_device, METH_VARARGS, "map_device(base, size, read, write)"},
    {"map_bitband", core_map_bitband, METH_VARARGS, "map_bitband(base, size, target)"},
    {"on_store", core_on_store, METH_VARARGS, "on_store(base, write)"},
    {"invalidate", core_invalidate, METH_VARARGS, "invalidate(base, size)"},
    {"read", core_read, METH_VARARGS, "read(address, size) -> bytes"},
    {"write", core_write, METH_VARARGS, "write(address, data)"},
    {"load", core_load, METH_VARARGS, "load(address, width) -> int"},
    {"store", core_store, METH_VARARGS, "store(address, width, value)"},
    {"reset", core_reset, METH_NOARGS, "reset() -> bool"},
    {"run_until", core_run, METH_VARARGS, "run_until(tick, wall_limit_s=0) -> int"},
    {"request_stop", core_request_stop, METH_NOARGS, "request_stop()"},
    {"add_stop", core_add_stop, METH_O, "add_stop(address)"},
    {"remove_stop", core_remove_stop, METH_O, "remove_stop(address)"},
    {"set_stack_limit", core_set_stack_limit, METH_O, "set_stack_limit(address or None)"},
    {"set_irq", FAST(core_set_irq), "set_irq(number, level)"},
    {"pend", core_pend, METH_O, "pend(number)"},
    {"pend_nmi", core_pend_nmi, METH_NOARGS, "pend_nmi()"},
    {"schedule", FAST(core_schedule), "schedule(tick, callback) -> handle"},
    {"cancel", core_cancel, METH_O, "cancel(handle) -> bool"},
    {"registers", core_registers, METH_NOARGS, "registers() -> dict"},
    {"read_register", core_read_register, METH_O, "read_register(name) -> int"},
    {"write_register", core_write_register, METH_VARARGS, "write_register(name, value)"},
    {0},
};

static PyType_Slot core_slots[] = {
    {Py_tp_doc, "One Armv7E-M core with its memories and its system peripherals."},
    {Py_tp_new, PyType_GenericNew},
    {Py_tp_init, core_init},
    {Py_tp_dealloc, core_dealloc},
    {Py_tp_traverse, core_traverse},
    {Py_tp_clear, core_clear},
    {Py_tp_methods, core_methods},
    {Py_tp_getset, core_attributes},
    {0, NULL},
};

PyType_Spec python_core_spec = {
    .name = "simgate.core._native.Core",
    .basicsize = sizeof(CoreObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = core_slots,
};

/* ---- the module ---- */

static int add_type(PyObject *module, PyType_Spec *spec, PyObject **keep)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    const int failed = type == NULL || PyModule_AddType(module, (PyTypeObject *)type) != 0;

    if (keep != NULL) {
        *keep = type;
    } else {
        Py_XDECREF(type);
    }
    return failed ? -1 : 0;
}

/* What run() returns, and the kinds of fault_record. */
static const struct {
    const char *name;
    long value;
} CONSTANTS[] = {
    {"HALT_DEADLINE", HALT_DEADLINE},
    {"HALT_STOP_POINT", HALT_STOP_POINT},
    {"HALT_BKPT", HALT_BKPT},
    {"HALT_FAULT", HALT_FAULT},
    {"HALT_REQUESTED", HALT_REQUESTED},
    {"HALT_SLEEPING", HALT_SLEEPING},
    {"HALT_RESET", HALT_RESET},
    {"HALT_WALL", HALT_WALL},
    {"FAULT_UNMAPPED", FAULT_UNMAPPED},
    {"FAULT_UNMAPPED_FETCH", FAULT_UNMAPPED_FETCH},
    {"FAULT_UNALIGNED", FAULT_UNALIGNED},
    {"FAULT_FLASH_STORE", FAULT_FLASH_STORE},
    {"FAULT_UNDEFINED", FAULT_UNDEFINED},
    {"FAULT_UNSUPPORTED", FAULT_UNSUPPORTED},
    {"FAULT_INVALID_STATE", FAULT_INVALID_STATE},
    {"FAULT_NO_COPROCESSOR", FAULT_NO_COPROCESSOR},
    {"FAULT_STACK_OVERFLOW", FAULT_STACK_OVERFLOW},
    {"FAULT_EXCEPTION_RETURN", FAULT_EXCEPTION_RETURN},
    {"FAULT_DEVICE", FAULT_DEVICE},
    {"FAULT_LOCKUP", FAULT_LOCKUP},
    {"FAULT_PRIVILEGE", FAULT_PRIVILEGE},
    {"FAULT_ESCALATION", FAULT_ESCALATION},
    {"FAULT_DIVIDE_BY_ZERO", FAULT_DIVIDE_BY_ZERO},
};

static int module_exec(PyObject *module)
{
    struct module_state *state = PyModule_GetState(module);

    for (unsigned n = 0; n < sizeof CONSTANTS / sizeof CONSTANTS[0]; n++) {
        if (PyModule_AddIntConstant(module, CONSTANTS[n].name, CONSTANTS[n].value) != 0) {
            return -1;
        }
    }
    if (add_type(module, &python_memory_spec, &state->memory_type) != 0) {
        return -1;
    }
    return add_type(module, &python_core_spec, NULL);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    const struct module_state *state = PyModule_GetState(module);

    if (state != NULL) {
        Py_VISIT(state->memory_type);
    }
    return 0;
}

static int module_clear(PyObject *module)
{
    struct module_state *state = PyModule_GetState(module);

    if (state != NULL) {
        Py_CLEAR(state->memory_type);
    }
    return 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "simgate.core._native",
    .m_doc = "The Armv7E-M core in C. Use simgate.core, its Python face.",
    .m_size = sizeof(struct module_state),
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
};

PyMODINIT_FUNC PyInit__native(void);
PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
