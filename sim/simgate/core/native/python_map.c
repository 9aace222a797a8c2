/* python_map.c - methods of Core that say what is at which address. */
#include "python_core.h"

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

PyObject *core_map_memory(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size;
    int writable;
    uint8_t *bytes;

    if (!PyArg_ParseTuple(args, "O&O&p:map_memory", to_u32, &base, to_u32, &size, &writable)
        || !core_idle(self, "map_memory()") || !range_ok(base, size)) {
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
        || !core_idle(self, what) || !range_ok(base, size)) {
        return NULL;
    }
    if (!add(self->cpu, base, size, target)) {
        return range_refused(base, size);
    }
    Py_RETURN_NONE;
}

PyObject *core_map_alias(PyObject *object, PyObject *args)
{
    return map_view(object, args, "map_alias()", memory_add_alias);
}

PyObject *core_map_bitband(PyObject *object, PyObject *args)
{
    return map_view(object, args, "map_bitband()", memory_add_bitband);
}

PyObject *core_map_device(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size;
    PyObject *read, *write;

    if (!PyArg_ParseTuple(args, "O&O&OO:map_device", to_u32, &base, to_u32, &size, &read, &write)
        || !core_idle(self, "map_device()") || !range_ok(base, size)) {
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

PyObject *core_mirror(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, words;

    if (!PyArg_ParseTuple(args, "O&O&:mirror", to_u32, &base, to_u32, &words)
        || !core_idle(self, "mirror()") || !range_ok(base, words)) {
        return NULL;
    }
    struct binding *binding = python_bind(self, NULL, NULL);
    if (binding == NULL) {
        return NULL;
    }
    uint32_t *values = PyMem_Calloc(words, sizeof *values + 1); /* and behind them, what is known */
    if (values == NULL) {
        return PyErr_NoMemory(); /* the binding stays, unused, until the core goes */
    }
    uint8_t *known = (uint8_t *)(values + words);
    binding->arrays = values;
    binding->mirror = (struct mirror){values, known, words};
    if (!memory_set_mirror(self->cpu, base, &binding->mirror)) {
        return PyErr_Format(PyExc_ValueError, "no device begins at 0x%x", (unsigned)base);
    }
    return Py_BuildValue("NN", python_memory_view(self, (uint8_t *)values, words * 4),
                         python_memory_view(self, known, words));
}

PyObject *core_on_store(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base;
    PyObject *write;

    if (!PyArg_ParseTuple(args, "O&O:on_store", to_u32, &base, &write)
        || !core_idle(self, "on_store()")) {
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

PyObject *core_invalidate(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t base, size;

    if (!PyArg_ParseTuple(args, "O&O&:invalidate", to_u32, &base, to_u32, &size)
        || !core_usable(self) || !range_ok(base, size)) {
        return NULL;
    }
    code_invalidate(self->cpu, base, size);
    Py_RETURN_NONE;
}
