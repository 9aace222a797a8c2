/* python_memory.c - the bytes of a memory through Python's buffer protocol. */
#include "python_core.h"

static int memory_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    MemoryObject *self = (MemoryObject *)object;

    return PyBuffer_FillInfo(view, object, self->bytes, self->size, 0, flags);
}

static int memory_traverse(PyObject *object, visitproc visit, void *arg)
{
    MemoryObject *self = (MemoryObject *)object;

    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->core);
    return 0;
}

/* No tp_clear: a view of the bytes may outlive everything else, and it needs the core. */
static void memory_dealloc(PyObject *object)
{
    MemoryObject *self = (MemoryObject *)object;
    PyTypeObject *type = Py_TYPE(object);

    PyObject_GC_UnTrack(object);
    Py_XDECREF(self->core);
    PyObject_GC_Del(object);
    Py_DECREF(type);
}

static PyType_Slot memory_slots[] = {
    {Py_tp_doc, "The bytes of one memory of a Core; it keeps the core alive."},
    {Py_tp_dealloc, memory_dealloc},
    {Py_tp_traverse, memory_traverse},
    {Py_bf_getbuffer, memory_getbuffer},
    {0, NULL},
};

PyType_Spec python_memory_spec = {
    .name = "simgate.core._native.Memory",
    .basicsize = sizeof(MemoryObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION
             | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = memory_slots,
};

PyObject *python_memory_view(CoreObject *core, uint8_t *bytes, uint32_t size)
{
    MemoryObject *self = PyObject_GC_New(MemoryObject, (PyTypeObject *)core->memory_type);
    if (self == NULL) {
        return NULL;
    }

    self->core = Py_NewRef((PyObject *)core);
    self->bytes = bytes;
    self->size = (Py_ssize_t)size;
    PyObject_GC_Track(self);
    PyObject *view = PyMemoryView_FromObject((PyObject *)self);
    Py_DECREF(self);
    return view;
}
