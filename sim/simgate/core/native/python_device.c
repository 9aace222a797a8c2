/* python_device.c - Python callbacks behind device registers and behind the agenda.
 *
 * run() holds no GIL; a callback takes it with the very thread state that run() put away, so
 * an exception raised inside stays that thread's current exception and run() simply returns NULL.
 */
#include "python_core.h"

/* Memory of callbacks that run() or load()/store() is inside of. */
struct visit {
    enum phase before;
};

static struct visit enter_python(CoreObject *core)
{
    const struct visit visit = {core->phase};

    if (core->phase == PHASE_RUNNING) {
        PyEval_RestoreThread(core->thread);
    }
    core->phase = PHASE_CALLBACK;
    return visit;
}

static void leave_python(CoreObject *core, struct visit visit)
{
    core->phase = visit.before;
    if (visit.before == PHASE_RUNNING) {
        core->thread = PyEval_SaveThread();
    }
}

#if defined(Py_LIMITED_API) && Py_LIMITED_API + 0 < 0x030C0000
/* In the stable ABI since 3.12, and exported with the same signature by 3.11; it halves the cost
 * of a callback. */
PyAPI_FUNC(PyObject *) PyObject_Vectorcall(PyObject *callable, PyObject *const *args,
                                           size_t nargsf, PyObject *kwnames);
#define PY_VECTORCALL_ARGUMENTS_OFFSET ((size_t)1 << (8 * sizeof(size_t) - 1))
#endif

/* `arguments` follow one free place, which a bound method uses for its self. */
static PyObject *call(PyObject *callback, PyObject **arguments, size_t count)
{
    return PyObject_Vectorcall(callback, arguments + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET,
                               NULL);
}

/* The value that a register answered: an int that fits the access. */
static bool take_value(PyObject *answer, uint32_t offset, uint8_t width, uint32_t *value)
{
    const uint32_t most = width == 4 ? UINT32_MAX : (1u << (8u * width)) - 1u;

    if (!PyLong_Check(answer)) {
        PyErr_Format(PyExc_TypeError, "a device's read at offset 0x%x answered %R, not an int",
                     (unsigned)offset, answer);
        return false;
    }
    const long long number = PyLong_AsLongLong(answer);
    if ((number == -1 && PyErr_Occurred() != NULL) || number < 0 || number > (long long)most) {
        PyErr_Clear();
        PyErr_Format(PyExc_ValueError, "a device's read at offset 0x%x answered %R, which does not "
                     "fit %u bytes", (unsigned)offset, answer, (unsigned)width);
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

static bool device_read(void *context, uint32_t offset, uint8_t width, uint32_t *value)
{
    struct binding *binding = context;
    CoreObject *core = binding->core;
    bool ok = false;

    if (core->failed || binding->read == NULL) {
        return false;
    }
    const struct visit visit = enter_python(core);
    PyObject *arguments[3] = {NULL, PyLong_FromUnsignedLong(offset), core->widths[width]};
    if (arguments[1] != NULL) {
        PyObject *answer = call(binding->read, arguments, 2);
        if (answer != NULL) {
            ok = take_value(answer, offset, width, value);
            Py_DECREF(answer);
        }
        Py_DECREF(arguments[1]);
    }
    core->failed = !ok;
    leave_python(core, visit);
    return ok;
}

static bool device_write(void *context, uint32_t offset, uint8_t width, uint32_t value)
{
    struct binding *binding = context;
    CoreObject *core = binding->core;
    bool ok = false, refused = false;

    if (core->failed || binding->write == NULL) {
        return false;
    }
    const struct visit visit = enter_python(core);
    PyObject *arguments[4] = {NULL, PyLong_FromUnsignedLong(offset), core->widths[width],
                              PyLong_FromUnsignedLong(value)};
    if (arguments[1] != NULL && arguments[3] != NULL) {
        PyObject *answer = call(binding->write, arguments, 3);
        ok = answer != NULL;
        refused = answer == Py_False; /* of a Flash that is locked */
        Py_XDECREF(answer);
    }
    Py_XDECREF(arguments[1]);
    Py_XDECREF(arguments[3]);
    core->failed = !ok;
    leave_python(core, visit);
    return ok && !refused;
}

struct binding *python_bind(CoreObject *core, PyObject *read, PyObject *write)
{
    struct binding *binding = PyMem_Calloc(1, sizeof *binding);
    if (binding == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_XINCREF(read);
    Py_XINCREF(write);
    *binding = (struct binding){
        .next = core->bindings, .core = core, .read = read, .write = write};
    core->bindings = binding;
    return binding;
}

struct device python_device(struct binding *binding)
{
    return (struct device){.read = device_read, .write = device_write, .context = binding};
}

/* Drops the callbacks, of devices and of the agenda; `release` frees the bindings themselves. */
void python_unbind_all(CoreObject *core, bool release)
{
    for (struct binding *binding = core->bindings; binding != NULL;) {
        struct binding *next = binding->next;
        Py_CLEAR(binding->read);
        Py_CLEAR(binding->write);
        if (release) {
            PyMem_Free(binding->arrays);
            PyMem_Free(binding);
        }
        binding = next;
    }
    if (release) {
        core->bindings = NULL;
    }
    if (core->cpu != NULL && core->cpu->system != NULL) {
        struct entry entry;
        while (agenda_take_due(&core->cpu->system->agenda, TICK_NEVER, &entry)) {
            struct binding *planned = entry.context;
            Py_CLEAR(planned->write);
            PyMem_Free(planned);
        }
    }
}

int python_visit_callbacks(CoreObject *core, visitproc visit, void *arg)
{
    for (struct binding *binding = core->bindings; binding != NULL; binding = binding->next) {
        Py_VISIT(binding->read);
        Py_VISIT(binding->write);
    }
    if (core->cpu != NULL && core->cpu->system != NULL) {
        const struct agenda *agenda = &core->cpu->system->agenda;
        for (size_t at = 0; at < agenda->count; at++) {
            Py_VISIT(((struct binding *)agenda->entries[at].context)->write);
        }
    }
    return 0;
}

/* A planned call is a binding of its own, outside the core's list: its `write` takes nothing. */
static void planned_call(void *context)
{
    struct binding *planned = context;
    CoreObject *core = planned->core;
    const struct visit visit = enter_python(core);

    if (!core->failed) {
        PyObject *answer = PyObject_CallNoArgs(planned->write);
        core->failed = answer == NULL;
        Py_XDECREF(answer);
        if (core->failed) {
            system_request_stop(core->cpu);
        }
    }
    Py_DECREF(planned->write);
    PyMem_Free(planned);
    leave_python(core, visit);
}

PyObject *python_schedule(CoreObject *core, uint64_t tick, PyObject *callback)
{
    if (!PyCallable_Check(callback)) {
        return PyErr_Format(PyExc_TypeError, "schedule() needs a callable, not %R", callback);
    }
    struct binding *planned = PyMem_Calloc(1, sizeof *planned);
    if (planned == NULL) {
        return PyErr_NoMemory();
    }
    const uint64_t handle = agenda_add(&core->cpu->system->agenda, tick, planned_call, planned);
    if (handle == 0) {
        PyMem_Free(planned);
        return PyErr_NoMemory();
    }
    Py_INCREF(callback);
    planned->core = core;
    planned->write = callback;
    if (core->phase == PHASE_CALLBACK) {
        core->cpu->attention = true; /* execute() knows the old next tick */
    }
    return PyLong_FromUnsignedLongLong(handle);
}

PyObject *python_cancel(CoreObject *core, uint64_t handle)
{
    void *context;

    if (!agenda_remove(&core->cpu->system->agenda, handle, &context)) {
        return PyBool_FromLong(0);
    }
    struct binding *planned = context;
    Py_DECREF(planned->write);
    PyMem_Free(planned);
    return PyBool_FromLong(1);
}
