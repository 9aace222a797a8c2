/* python_timing.c - methods of Core for the cycle model. */
#include "python_core.h"
#include "timing.h"

static bool take_region(PyObject *item, struct timing_region *region)
{
    uint32_t base, size, kind;

    if (!PyTuple_Check(item)
        || !PyArg_ParseTuple(item, "O&O&O&:regions", to_u32, &base, to_u32, &size, to_u32, &kind)) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_TypeError, "regions are tuples (base, size, kind)");
        }
        return false;
    }
    if (size == 0 || kind > BUS_FLASH || (uint64_t)base + size > UINT64_C(1) << 32) {
        PyErr_Format(PyExc_ValueError, "the region 0x%x, %u bytes, kind %u, is none",
                     (unsigned)base, (unsigned)size, (unsigned)kind);
        return false;
    }
    *region = (struct timing_region){base, base + size - 1, (enum bus_kind)kind};
    return true;
}

static bool take_regions(PyObject *regions, struct timing_options *options)
{
    const Py_ssize_t count = PySequence_Size(regions);

    if (count < 0 || count > TIMING_REGIONS) {
        if (count >= 0) {
            PyErr_Format(PyExc_ValueError, "more than %d regions", (int)TIMING_REGIONS);
        }
        return false;
    }
    for (Py_ssize_t n = 0; n < count; n++) {
        PyObject *item = PySequence_GetItem(regions, n);
        const bool ok = item != NULL && take_region(item, &options->regions[n]);
        Py_XDECREF(item);
        if (!ok) {
            return false;
        }
    }
    options->region_count = (unsigned)count;
    return true;
}

static bool is_power_of_2(uint32_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

static bool sensible(const struct timing_options *options)
{
    return options->pipeline <= PIPELINE_M7 && is_power_of_2(options->line_bytes)
           && options->line_bytes >= 4 && options->line_bytes <= 64
           && options->icache_lines <= LINES_LIMIT && options->dcache_lines <= LINES_LIMIT
           && options->bus_clocks >= 1 && options->bus_clocks <= 16
           && options->bus_latency <= 1000 && options->device_cycles <= 1000
           && options->factor >= 1 && options->factor <= 16 * FACTOR_ONE;
}

PyObject *core_time_cycles(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"pipeline", "regions", "acr", "acr_reset", "latency_mask",
                            "prefetch_mask", "icache_mask", "dcache_mask", "line_bytes",
                            "icache_lines", "dcache_lines", "bus_clocks", "bus_latency",
                            "device_cycles", "factor", "counts", NULL};
    CoreObject *self = (CoreObject *)object;
    struct timing_options options = {.pipeline = PIPELINE_M4};
    uint32_t pipeline = 0;
    PyObject *regions;
    int counts = 0;

    if (!PyArg_ParseTupleAndKeywords(
            args, kwargs, "O&OO&O&O&O&O&O&O&O&O&O&O&O&O&p:time_cycles", names, to_u32, &pipeline,
            &regions, to_u32, &options.acr, to_u32, &options.acr_reset, to_u32,
            &options.latency_mask, to_u32, &options.prefetch_mask, to_u32, &options.icache_mask,
            to_u32, &options.dcache_mask, to_u32, &options.line_bytes, to_u32,
            &options.icache_lines, to_u32, &options.dcache_lines, to_u32, &options.bus_clocks,
            to_u32, &options.bus_latency, to_u32, &options.device_cycles, to_u32,
            &options.factor, &counts)
        || !core_idle(self, "time_cycles()") || !take_regions(regions, &options)) {
        return NULL;
    }
    options.pipeline = (enum pipeline)pipeline;
    options.counts = counts != 0;
    if (!sensible(&options)) {
        PyErr_SetString(PyExc_ValueError, "time_cycles(): a number is out of its range");
        return NULL;
    }
    if (!timing_begin(self->cpu, &options)) {
        return PyErr_NoMemory();
    }
    Py_RETURN_NONE;
}

PyObject *core_get_cycles(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!core_usable(self)) {
        return NULL;
    }
    if (self->cpu->timing == NULL) {
        Py_RETURN_NONE;
    }
    return PyLong_FromUnsignedLongLong(self->cpu->timing->at);
}

PyObject *core_get_cycle_stalls(PyObject *object, void *closure)
{
    const CoreObject *self = (CoreObject *)object;

    (void)closure;
    if (!core_usable(self)) {
        return NULL;
    }
    const struct timing *timing = self->cpu->timing;
    if (timing == NULL) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("(KKK)", (unsigned long long)timing->fetch_stalls,
                         (unsigned long long)timing->data_stalls,
                         (unsigned long long)timing->refills);
}
