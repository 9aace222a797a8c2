/* python_arguments.c - what the methods of Core accept: numbers, and who may call when. */
#include "python_core.h"

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
int to_u64(PyObject *object, void *result)
{
    return take_unsigned(object, UINT64_MAX, 64, result);
}

int to_u32(PyObject *object, void *result)
{
    uint64_t value;

    if (!take_unsigned(object, UINT32_MAX, 32, &value)) {
        return 0;
    }
    *(uint32_t *)result = (uint32_t)value;
    return 1;
}

/* The core exists, and no other thread is executing it: inside callbacks, too. */
bool core_usable(const CoreObject *self)
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
bool core_idle(const CoreObject *self, const char *what)
{
    if (!core_usable(self)) {
        return false;
    }
    if (self->phase != PHASE_IDLE) {
        PyErr_Format(PyExc_RuntimeError, "%s is not possible inside a callback of the core", what);
        return false;
    }
    return true;
}
