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

/* A memoryview of `size` bytes of the core, or NULL with an exception. */
PyObject *python_memory_view(CoreObject *core, uint8_t *bytes, uint32_t size);

/* Callbacks of devices and of the agenda. */
struct binding *python_bind(CoreObject *core, PyObject *read, PyObject *write);
struct device python_device(struct binding *binding);
void python_unbind_all(CoreObject *core, bool release);
int python_visit_callbacks(CoreObject *core, visitproc visit, void *arg);
PyObject *python_schedule(CoreObject *core, uint64_t tick, PyObject *callback);
PyObject *python_cancel(CoreObject *core, uint64_t handle);

/* Registers by name. */
PyObject *python_registers(CoreObject *core);
PyObject *python_read_register(CoreObject *core, PyObject *name);
bool python_write_register(CoreObject *core, PyObject *name, uint32_t value);

#endif
