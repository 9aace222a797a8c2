/* python_core.c - the type Core: its life and the table of its methods. */
#include "python_core.h"

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

static bool initialise(CoreObject *self, const struct system_options *options, enum fpu fpu)
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

/* 0, or a power of 2 between the two. */
static bool size_ok(uint32_t bytes, uint32_t least, uint32_t most)
{
    return bytes == 0 || ((bytes & (bytes - 1)) == 0 && bytes >= least && bytes <= most);
}

static int core_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"fpu",        "tick_hz",       "systick_hz",   "systick_external_hz",
                            "dwt_hz",     "interrupts",    "priority_mask", "initial_vtor",
                            "cpuid",      "mpu_regions",   "icache_bytes", "dcache_bytes",
                            "itcm_bytes", "dtcm_bytes",    NULL};
    CoreObject *self = (CoreObject *)object;
    struct system_options options = {.cpuid = 0x410FC241u};
    uint32_t interrupts = 240, priority_mask = 0xF0, mpu_regions = 8, fpu = FPU_V4_SINGLE;

    options.tick_hz = options.systick_hz = options.dwt_hz = 100000000; /* Renode's default */
    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "|$O&O&O&O&O&O&O&O&O&O&O&O&O&O&:Core", names, to_u32, &fpu, to_u32, &options.tick_hz, to_u32,
            &options.systick_hz, to_u32, &options.systick_external_hz, to_u32, &options.dwt_hz,
            to_u32, &interrupts, to_u32, &priority_mask, to_u32, &options.initial_vtor, to_u32,
            &options.cpuid, to_u32, &mpu_regions, to_u32, &options.icache_bytes, to_u32,
            &options.dcache_bytes, to_u32, &options.itcm_bytes, to_u32, &options.dtcm_bytes)) {
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
    if (fpu > FPU_V5_DOUBLE || (mpu_regions != 0 && mpu_regions != 8 && mpu_regions != 16)
        || !size_ok(options.icache_bytes, 4096, 65536)
        || !size_ok(options.dcache_bytes, 4096, 65536)
        || !size_ok(options.itcm_bytes, 4096, 1u << 24)
        || !size_ok(options.dtcm_bytes, 4096, 1u << 24)) {
        PyErr_SetString(PyExc_ValueError,
                        "fpu must be in 0..3, mpu_regions 0, 8 or 16, caches 0 or a power of 2 in "
                        "4 KiB..64 KiB, TCMs 0 or a power of 2 in 4 KiB..16 MiB");
        return -1;
    }
    options.interrupts = (uint16_t)interrupts;
    options.mpu_regions = (uint8_t)mpu_regions;
    options.priority_mask = (uint8_t)priority_mask;
    self->memory_type = memory_type_of(Py_TYPE(object));
    return self->memory_type != NULL && initialise(self, &options, (enum fpu)fpu) ? 0 : -1;
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

#define FAST(function) ((PyCFunction)(void (*)(void))(function)), METH_FASTCALL

static PyMethodDef core_methods[] = {
    {"map_memory", core_map_memory, METH_VARARGS, "map_memory(base, size, writable)"},
    {"map_alias", core_map_alias, METH_VARARGS, "map_alias(base, size, target)"},
    {"map_device", core_map_device, METH_VARARGS, "map_device(base, size, read, write)"},
    {"mirror", core_mirror, METH_VARARGS, "mirror(base, words) -> (values, known)"},
    {"map_bitband", core_map_bitband, METH_VARARGS, "map_bitband(base, size, target)"},
    {"on_store", core_on_store, METH_VARARGS, "on_store(base, write)"},
    {"invalidate", core_invalidate, METH_VARARGS, "invalidate(base, size)"},
    {"read", core_read, METH_VARARGS, "read(address, size) -> bytes"},
    {"write", core_write, METH_VARARGS, "write(address, data)"},
    {"peek", FAST(core_peek), "peek(address, width) -> int"},
    {"poke", FAST(core_poke), "poke(address, width, value)"},
    {"cacheability", core_cacheability, METH_O,
     "cacheability(address) -> 0 not at all, 1 write-through, 2 write-back, as caches are now"},
    {"load", core_load, METH_VARARGS, "load(address, width) -> int"},
    {"store", core_store, METH_VARARGS, "store(address, width, value)"},
    {"reset", core_reset, METH_NOARGS, "reset() -> bool"},
    {"run_until", core_run, METH_VARARGS, 
     "run_until(tick, wall_limit_s=0, instructions=2**64-1) -> int"},
    {"time_cycles", (PyCFunction)(void (*)(void))core_time_cycles, METH_VARARGS | METH_KEYWORDS,
     "time_cycles(...): estimates clock cycles from here on"},
    {"request_stop", core_request_stop, METH_NOARGS, "request_stop()"},
    {"add_stop", core_add_stop, METH_O, "add_stop(address)"},
    {"remove_stop", core_remove_stop, METH_O, "remove_stop(address)"},
    {"branches", core_branches, METH_VARARGS, "branches(count=64) -> [(source, target, kind)]"},
    {"watch", core_watch, METH_VARARGS, "watch(address, size, read, write)"},
    {"unwatch", core_unwatch, METH_VARARGS, "unwatch(address, size)"},
    {"set_process_stacks", core_set_process_stacks, METH_O,
     "set_process_stacks([(limit, top), ...])"},
    {"dismiss_fault", core_dismiss_fault, METH_NOARGS, "dismiss_fault()"},
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
    {Py_tp_getset, python_core_attributes},
    {0, NULL},
};

PyType_Spec python_core_spec = {
    .name = "simgate.core._native.Core",
    .basicsize = sizeof(CoreObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = core_slots,
};
