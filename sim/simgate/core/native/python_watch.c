/* python_watch.c - methods of Core for watchpoints. */
#include "memory.h"
#include "python_core.h"

PyObject *core_watch(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, size;
    int read, write;

    if (!PyArg_ParseTuple(args, "O&O&pp:watch", to_u32, &address, to_u32, &size, &read, &write)
        || !core_idle(self, "watch()")) {
        return NULL;
    }
    if (size == 0 || (uint64_t)address + size > UINT64_C(1) << 32 || (!read && !write)) {
        return PyErr_Format(PyExc_ValueError, "cannot watch 0x%x, %u bytes: the range is empty or "
                            "wraps, or neither loads nor stores are asked for",
                            (unsigned)address, (unsigned)size);
    }
    if (!watch_add(self->cpu, address, size, read != 0, write != 0)) {
        return PyErr_NoMemory();
    }
    Py_RETURN_NONE;
}

PyObject *core_unwatch(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    uint32_t address, size;

    if (!PyArg_ParseTuple(args, "O&O&:unwatch", to_u32, &address, to_u32, &size)
        || !core_idle(self, "unwatch()")) {
        return NULL;
    }
    if (!watch_remove(self->cpu, address, size)) {
        return PyErr_Format(PyExc_ValueError, "0x%x, %u bytes, is not watched", (unsigned)address,
                            (unsigned)size);
    }
    Py_RETURN_NONE;
}

PyObject *core_get_watch_hit(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!core_usable(self)) {
        return NULL;
    }
    const struct watch_list *list = &self->cpu->memory->watches;
    if (!list->is_hit) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(IIiN)", (unsigned)list->hit.pc, (unsigned)list->hit.address,
                         (int)list->hit.width, PyBool_FromLong(list->hit.is_store));
}
