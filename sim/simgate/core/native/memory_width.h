/* memory_width.h - what enum width means: bytes, and the value that a register gets. */
#ifndef SIMGATE_MEMORY_WIDTH_H
#define SIMGATE_MEMORY_WIDTH_H

#include "instruction.h"

static const uint8_t width_bytes[5] = {4, 2, 1, 2, 1};

static inline uint32_t extended(uint32_t value, unsigned width)
{
    switch (width) {
    case WIDTH_SIGNED_HALF: return (uint32_t)(int32_t)(int16_t)value;
    case WIDTH_SIGNED_BYTE: return (uint32_t)(int32_t)(int8_t)value;
    default: return value;
    }
}

#endif
