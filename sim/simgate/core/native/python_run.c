/* python_run.c - methods of Core that reset it, run it, and say where a run ends. */
#include "python_core.h"

#include "watch.h"

#include <stdlib.h>
#include <time.h>

/* run() looks for signals and at the host's clock after so many instructions, asleep in between or
 * not. */
enum { SLICE_INSTRUCTIONS = 20000000 };

PyObject *core_reset(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (!core_idle(self, "reset()")) {
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
static int run_slices(CoreObject *self, uint64_t until, double wall_limit_s,
                      uint64_t until_instructions)
{
    struct cpu *cpu = self->cpu;
    const double wall_end = wall_limit_s > 0 ? host_seconds() + wall_limit_s : 0;

    for (;;) {
        const uint64_t slice_end = cpu->instructions + SLICE_INSTRUCTIONS;
        cpu->system->instruction_limit =
            slice_end < until_instructions ? slice_end : until_instructions;
        self->phase = PHASE_RUNNING;
        self->thread = PyEval_SaveThread();
        const enum halt halt = run(cpu, until);
        PyEval_RestoreThread(self->thread);
        self->phase = PHASE_IDLE;
        if (self->failed) {
            return -1;
        }
        if (PyErr_CheckSignals() != 0) {
            return -1;
        }
        if ((halt != HALT_DEADLINE && halt != HALT_SLEEPING) || cpu_ticks(cpu) >= until
            || cpu->instructions >= until_instructions) {
            return (int)halt;
        }
        if (wall_end > 0 && host_seconds() >= wall_end) {
            return (int)HALT_WALL;
        }
    }
}

PyObject *core_run(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint64_t until, until_instructions = UINT64_MAX;
    double wall_limit_s = 0;

    if (!PyArg_ParseTuple(args, "O&|dO&:run_until", to_u64, &until, &wall_limit_s, to_u64,
                          &until_instructions)
        || !core_idle(self, "run()")) {
        return NULL;
    }
    self->failed = false;
    watch_forget(self->cpu);
    const int halt = run_slices(self, until, wall_limit_s, until_instructions);
    self->failed = false;
    return halt < 0 ? NULL : PyLong_FromLong(halt);
}

PyObject *core_request_stop(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (self->cpu == NULL) {
        (void)core_usable(self);
        return NULL;
    }
    system_request_stop(self->cpu); /* from another thread, too */
    Py_RETURN_NONE;
}

PyObject *core_add_stop(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address;

    if (!to_u32(argument, &address) || !core_idle(self, "add_stop()")) {
        return NULL;
    }
    if (!stop_point_add(self->cpu, address & ~1u)) {
        return PyErr_NoMemory();
    }
    Py_RETURN_NONE;
}

PyObject *core_remove_stop(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address;

    if (!to_u32(argument, &address) || !core_idle(self, "remove_stop()")) {
        return NULL;
    }
    stop_point_remove(self->cpu, address & ~1u);
    Py_RETURN_NONE;
}

/* (limit, top) of a process's stack; false: an exception is set. */
static bool take_area(PyObject *item, struct stack_area *area)
{
    *area = (struct stack_area){0};
    if (!PyTuple_Check(item)) {
        PyErr_SetString(PyExc_TypeError, "set_process_stacks() takes tuples (limit, top)");
        return false;
    }
    if (!PyArg_ParseTuple(item, "O&O&:set_process_stacks", to_u32, &area->limit, to_u32,
                          &area->top)) {
        return false;
    }
    if (area->limit >= area->top) {
        PyErr_Format(PyExc_ValueError, "the stack from 0x%x to 0x%x is none",
                     (unsigned)area->limit, (unsigned)area->top);
        return false;
    }
    return true;
}

PyObject *core_set_process_stacks(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;

    if (!core_idle(self, "set_process_stacks()")) {
        return NULL;
    }
    const Py_ssize_t count = PySequence_Size(argument);
    if (count < 0) {
        return NULL;
    }
    struct stack_area *areas = calloc((size_t)count + 1, sizeof *areas);
    if (areas == NULL) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t n = 0; n < count; n++) {
        PyObject *item = PySequence_GetItem(argument, n);
        const bool ok = item != NULL && take_area(item, &areas[n]);
        Py_XDECREF(item);
        if (!ok) {
            free(areas);
            return NULL;
        }
    }
    cpu_set_stack_areas(self->cpu, areas, (size_t)count);
    Py_RETURN_NONE;
}

PyObject *core_dismiss_fault(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (!core_idle(self, "dismiss_fault()")) {
        return NULL;
    }
    fault_dismiss(self->cpu);
    Py_RETURN_NONE;
}

PyObject *core_set_stack_limit(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t limit = 0;

    if ((argument != Py_None && !to_u32(argument, &limit))
        || !core_idle(self, "set_stack_limit()")) {
        return NULL;
    }
    self->cpu->stack_limit = self->cpu->system->guard = limit; /* from the next run() on */
    Py_RETURN_NONE;
}
