/* python_trail.c - the method of Core that tells the last branches. */
#include "python_core.h"

enum { BRANCHES_DEFAULT = 64 };

PyObject *core_branches(PyObject *object, PyObject *args)
{
    CoreObject *self = (CoreObject *)object;
    struct branch branches[TRAIL_LENGTH + 1];
    unsigned room = BRANCHES_DEFAULT;

    if (!PyArg_ParseTuple(args, "|I:branches", &room) || !core_idle(self, "branches()")) {
        return NULL;
    }
    room = room <= TRAIL_LENGTH ? room : TRAIL_LENGTH;
    const unsigned count = trail_branches(self->cpu, branches, room);
    PyObject *list = PyList_New((Py_ssize_t)count);
    for (unsigned n = 0; list != NULL && n < count; n++) {
        PyObject *branch = Py_BuildValue("(IIi)", (unsigned)branches[n].source,
                                         (unsigned)branches[n].target, (int)branches[n].kind);
        if (branch == NULL || PyList_SetItem(list, (Py_ssize_t)n, branch) != 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}
