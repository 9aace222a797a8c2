/* python_core.h - the Python object around one core; shared by the python_*.c files only. */
#ifndef SIMGATE_PYTHON_CORE_H
#define SIMGATE_PYTHON_CORE_H

#include <Python.h>

#include "cpu.h"
#include "system.h"

enum phase {
    PHASE_IDLE,
    PHASE_RUNNING,  /* run() is executing, without the GIL: nobody else may touch the core */
    PHASE_CALLBACK, /* run() waits in a callback that holds the GIL */
};

struct core_object;

/* One pair of callbacks, bound to a range of addresses; lives as long as its core. */
struct binding {
    struct binding *next;
    struct core_object *core;
    PyObject *read, *write; /* NULL: refused */
    struct mirror mirror;   /* where the binding is one: its arrays are its own */
    void *arrays;
};

/* Of the module. */
struct module_state {
    PyObject *memory_type;
};

typedef struct core_object {
    PyObject_HEAD
    struct cpu *cpu; /* NULL before __init__ */
    enum phase phase;
    PyThreadState *thread; /* of the caller of run(), while it holds no GIL */
    bool failed;           /* a callback raised; the exception is the thread's current one */
    struct binding *bindings;
    PyObject *memory_type;
    PyObject *widths[5]; /* ints 1, 2, 4 at their own index */
} CoreObject;

/* An exporter of one memory's bytes; keeps the core, whose bytes they are. */
typedef struct {
    PyObject_HEAD
    PyObject *core;
    uint8_t *bytes;
    Py_ssize_t size;
} MemoryObject;

extern PyType_Spec python_memory_spec;
extern PyType_Spec python_core_spec;

/* ---- python_arguments.c ---- */
int to_u32(PyObject *object, void *result); /* converters for PyArg_ParseTuple's O& */
int to_u64(PyObject *object, void *result);
/* The core exists, and no other thread is executing it: true inside callbacks, too. */
bool core_usable(const CoreObject *core);
/* And no callback is under way: `what` may not be called inside one. */
bool core_idle(const CoreObject *core, const char *what);

/* ---- python_memory.c ---- */
/* A memoryview of `size` bytes of the core, or NULL with an exception. */
PyObject *python_memory_view(CoreObject *core, uint8_t *bytes, uint32_t size);

/* ---- python_device.c: callbacks of devices and of the agenda ---- */
struct binding *python_bind(CoreObject *core, PyObject *read, PyObject *write);
struct device python_device(struct binding *binding);
void python_unbind_all(CoreObject *core, bool release);
int python_visit_callbacks(CoreObject *core, visitproc visit, void *arg);
PyObject *python_schedule(CoreObject *core, uint64_t tick, PyObject *callback);
PyObject *python_cancel(CoreObject *core, uint64_t handle);

/* ---- python_attributes.c ---- */
extern PyGetSetDef python_core_attributes[];

/* ---- methods of Core; python_core.c has the table of them ---- */
/* python_map.c */
PyObject *core_map_memory(PyObject *object, PyObject *args);
PyObject *core_map_alias(PyObject *object, PyObject *args);
PyObject *core_map_bitband(PyObject *object, PyObject *args);
PyObject *core_map_device(PyObject *object, PyObject *args);
PyObject *core_mirror(PyObject *object, PyObject *args);
PyObject *core_on_store(PyObject *object, PyObject *args);
PyObject *core_invalidate(PyObject *object, PyObject *args);
/* python_access.c */
PyObject *core_read(PyObject *object, PyObject *args);
PyObject *core_write(PyObject *object, PyObject *args);
PyObject *core_peek(PyObject *object, PyObject *const *args, Py_ssize_t count);
PyObject *core_poke(PyObject *object, PyObject *const *args, Py_ssize_t count);
PyObject *core_cacheability(PyObject *object, PyObject *argument);
PyObject *core_load(PyObject *object, PyObject *args);
PyObject *core_store(PyObject *object, PyObject *args);
/* python_run.c */
PyObject *core_reset(PyObject *object, PyObject *unused);
PyObject *core_run(PyObject *object, PyObject *args);
PyObject *core_request_stop(PyObject *object, PyObject *unused);
PyObject *core_add_stop(PyObject *object, PyObject *argument);
PyObject *core_remove_stop(PyObject *object, PyObject *argument);
/* python_timing.c */
PyObject *core_time_cycles(PyObject *object, PyObject *args, PyObject *kwargs);
PyObject *core_get_cycles(PyObject *object, void *closure);
PyObject *core_get_cycle_stalls(PyObject *object, void *closure);
/* python_trail.c */
PyObject *core_branches(PyObject *object, PyObject *args);
PyObject *core_set_stack_limit(PyObject *object, PyObject *argument);
/* python_watch.c */
PyObject *core_watch(PyObject *object, PyObject *args);
PyObject *core_unwatch(PyObject *object, PyObject *args);
PyObject *core_get_watch_hit(PyObject *object, void *closure);
PyObject *core_set_process_stacks(PyObject *object, PyObject *argument);
PyObject *core_dismiss_fault(PyObject *object, PyObject *unused);
/* python_events.c */
PyObject *core_set_irq(PyObject *object, PyObject *const *args, Py_ssize_t count);
PyObject *core_pend(PyObject *object, PyObject *argument);
PyObject *core_pend_nmi(PyObject *object, PyObject *unused);
PyObject *core_schedule(PyObject *object, PyObject *const *args, Py_ssize_t count);
PyObject *core_cancel(PyObject *object, PyObject *argument);
/* python_registers.c */
PyObject *core_registers(PyObject *object, PyObject *unused);
PyObject *core_read_register(PyObject *object, PyObject *name);
PyObject *core_write_register(PyObject *object, PyObject *args);

#endif
