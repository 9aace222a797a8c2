/* python_access.c - methods of Core that read and write memory, as a debugger or as the core. */
#include "python_core.h"
#include "watch.h"

/* ---- as a debugger: no faults, no side effects ---- */

static bool width_ok(uint32_t width)
{
    if (width != 1 && width != 2 && width != 4) {
        PyErr_SetString(PyExc_ValueError, "a width is 1, 2 or 4 bytes");
        return false;
    }
    return true;
}

PyObject *core_read(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, size;
    char *bytes;

    if (!PyArg_ParseTuple(args, "O&O&:read", to_u32, &address, to_u32, &size)
        || !core_usable(self)) {
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

PyObject *core_write(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address;
    Py_buffer data;

    if (!PyArg_ParseTuple(args, "O&y*:write", to_u32, &address, &data)) {
        return NULL;
    }
    bool ok = core_usable(self);
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

/* One value, as DMA moves them: read() and write() without objects for the bytes. */

PyObject *core_peek(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    const CoreObject *self = (CoreObject *)object;
    uint32_t address, width, value = 0;

    if (count != 2 || !to_u32(args[0], &address) || !to_u32(args[1], &width)
        || !core_usable(self) || !width_ok(width)) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "peek(address, width)");
    }
    if (!memory_peek(self->cpu, address, &value, width)) {
        return PyErr_Format(PyExc_ValueError, "no memory at 0x%x", (unsigned)address);
    }
    return PyLong_FromUnsignedLong(value);
}

PyObject *core_poke(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    const CoreObject *self = (CoreObject *)object;
    uint32_t address, width, value;

    if (count != 3 || !to_u32(args[0], &address) || !to_u32(args[1], &width)
        || !to_u32(args[2], &value) || !core_usable(self) || !width_ok(width)) {
        return PyErr_Occurred() ? NULL
                                : PyErr_Format(PyExc_TypeError, "poke(address, width, value)");
    }
    if (!memory_poke(self->cpu, address, &value, width)) {
        return PyErr_Format(PyExc_ValueError, "no memory at 0x%x", (unsigned)address);
    }
    Py_RETURN_NONE;
}

PyObject *core_cacheability(PyObject *object, PyObject *argument)
{
    const CoreObject *self = (CoreObject *)object;
    uint32_t address;

    if (!to_u32(argument, &address) || !core_usable(self)) {
        return NULL;
    }
    return PyLong_FromUnsignedLong(cache_policy(self->cpu, address));
}

/* ---- as the processor accesses: faults and devices count ---- */

static PyObject *access_failed(const CoreObject *self)
{
    if (PyErr_Occurred() == NULL) {
        PyErr_Format(PyExc_ValueError, "the access to 0x%x faults (kind %d)",
                     (unsigned)self->cpu->fault.address, (int)self->cpu->fault.kind);
    }
    return NULL;
}

PyObject *core_load(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, width, value = 0;

    if (!PyArg_ParseTuple(args, "O&O&:load", to_u32, &address, to_u32, &width)
        || !core_idle(self, "load()") || !width_ok(width)) {
        return NULL;
    }
    self->failed = false;
    const bool ok = memory_load(self->cpu, address, (uint8_t)width, &value);
    self->failed = false;
    watch_disregard(self->cpu);
    return ok ? PyLong_FromUnsignedLong(value) : access_failed(self);
}

PyObject *core_store(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, width, value;

    if (!PyArg_ParseTuple(args, "O&O&O&:store", to_u32, &address, to_u32, &width, to_u32, &value)
        || !core_idle(self, "store()") || !width_ok(width)) {
        return NULL;
    }
    self->failed = false;
    const bool ok = memory_store(self->cpu, address, (uint8_t)width, value);
    self->failed = false;
    watch_disregard(self->cpu);
    if (!ok) {
        return access_failed(self);
    }
    Py_RETURN_NONE;
}
