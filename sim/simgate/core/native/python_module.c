/* python_module.c - the extension module simgate.core._native: its types and constants. */
#include "python_core.h"

static int add_type(PyObject *module, PyType_Spec *spec, PyObject **keep)
{
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    const int failed = type == NULL || PyModule_AddType(module, (PyTypeObject *)type) != 0;

    if (keep != NULL) {
        *keep = type;
    } else {
        Py_XDECREF(type);
    }
    return failed ? -1 : 0;
}

/* What run() returns, and the kinds of fault_record. */
static const struct {
    const char *name;
    long value;
} CONSTANTS[] = {
    {"HALT_DEADLINE", HALT_DEADLINE},
    {"HALT_STOP_POINT", HALT_STOP_POINT},
    {"HALT_FAULT", HALT_FAULT},
    {"HALT_REQUESTED", HALT_REQUESTED},
    {"HALT_SLEEPING", HALT_SLEEPING},
    {"HALT_RESET", HALT_RESET},
    {"HALT_ENTRY", HALT_ENTRY},
    {"HALT_WALL", HALT_WALL},
    {"HALT_WATCHPOINT", HALT_WATCHPOINT},
    {"FAULT_UNMAPPED", FAULT_UNMAPPED},
    {"FAULT_UNMAPPED_FETCH", FAULT_UNMAPPED_FETCH},
    {"FAULT_UNALIGNED", FAULT_UNALIGNED},
    {"FAULT_FLASH_STORE", FAULT_FLASH_STORE},
    {"FAULT_UNDEFINED", FAULT_UNDEFINED},
    {"FAULT_UNSUPPORTED", FAULT_UNSUPPORTED},
    {"FAULT_INVALID_STATE", FAULT_INVALID_STATE},
    {"FAULT_NO_COPROCESSOR", FAULT_NO_COPROCESSOR},
    {"FAULT_STACK_OVERFLOW", FAULT_STACK_OVERFLOW},
    {"FAULT_EXCEPTION_RETURN", FAULT_EXCEPTION_RETURN},
    {"FAULT_DEVICE", FAULT_DEVICE},
    {"FAULT_LOCKUP", FAULT_LOCKUP},
    {"FAULT_PRIVILEGE", FAULT_PRIVILEGE},
    {"FAULT_ESCALATION", FAULT_ESCALATION},
    {"FAULT_DIVIDE_BY_ZERO", FAULT_DIVIDE_BY_ZERO},
    {"FAULT_MPU", FAULT_MPU},
    {"FAULT_MPU_FETCH", FAULT_MPU_FETCH},
    {"FAULT_BREAKPOINT", FAULT_BREAKPOINT},
    {"FAULT_STORM", FAULT_STORM},
};

static int module_exec(PyObject *module)
{
    struct module_state *state = PyModule_GetState(module);

    for (unsigned n = 0; n < sizeof CONSTANTS / sizeof CONSTANTS[0]; n++) {
        if (PyModule_AddIntConstant(module, CONSTANTS[n].name, CONSTANTS[n].value) != 0) {
            return -1;
        }
    }
    if (add_type(module, &python_memory_spec, &state->memory_type) != 0) {
        return -1;
    }
    return add_type(module, &python_core_spec, NULL);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    const struct module_state *state = PyModule_GetState(module);

    if (state != NULL) {
        Py_VISIT(state->memory_type);
    }
    return 0;
}

static int module_clear(PyObject *module)
{
    struct module_state *state = PyModule_GetState(module);

    if (state != NULL) {
        Py_CLEAR(state->memory_type);
    }
    return 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, module_exec}, {0, NULL}};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "simgate.core._native",
    .m_doc = "The Armv7E-M core in C. Use simgate.core, its Python face.",
    .m_size = sizeof(struct module_state),
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
};

PyMODINIT_FUNC PyInit__native(void);
PyMODINIT_FUNC PyInit__native(void)
{
    return PyModuleDef_Init(&definition);
}
