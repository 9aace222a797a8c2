/* python_events.c - methods of Core by which the outside reaches it: interrupts, planned calls. */
#include "python_core.h"

static bool take_interrupt(const CoreObject *self, PyObject *argument, unsigned *number)
{
    uint32_t value;

    if (!to_u32(argument, &value) || !core_usable(self)) {
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

PyObject *core_set_irq(PyObject *object, PyObject *const *args, Py_ssize_t count)
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

PyObject *core_pend(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    unsigned number;

    if (!take_interrupt(self, argument, &number)) {
        return NULL;
    }
    nvic_pend(self->cpu, number);
    Py_RETURN_NONE;
}

PyObject *core_pend_nmi(PyObject *object, PyObject *unused)
{
    CoreObject *self = (CoreObject *)object;

    (void)unused;
    if (!core_usable(self)) {
        return NULL;
    }
    exception_pend(self->cpu, EXCEPTION_NMI, true);
    Py_RETURN_NONE;
}

PyObject *core_schedule(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    CoreObject *self = (CoreObject *)object;
    uint64_t tick;

    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "schedule() takes a tick and a callable");
        return NULL;
    }
    if (!to_u64(args[0], &tick) || !core_usable(self)) {
        return NULL;
    }
    return python_schedule(self, tick, args[1]);
}

PyObject *core_cancel(PyObject *object, PyObject *argument)
{
    CoreObject *self = (CoreObject *)object;
    uint64_t handle;

    if (!to_u64(argument, &handle) || !core_usable(self)) {
        return NULL;
    }
    return python_cancel(self, handle);
}
