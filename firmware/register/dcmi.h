#ifndef REGISTER_DCMI_H
#define REGISTER_DCMI_H

/* Camera interface of the STM32F4, F7 and H7 (RM0090 15.8, RM0385 18.7, RM0433 52.6). */

#include <stdint.h>

#include "memory_map.h"

struct dcmi_registers {
    volatile uint32_t CR;     /* 0x00 */
    volatile uint32_t SR;     /* 0x04 */
    volatile uint32_t RISR;   /* 0x08 */
    volatile uint32_t IER;    /* 0x0C */
    volatile uint32_t MISR;   /* 0x10 */
    volatile uint32_t ICR;    /* 0x14 */
    volatile uint32_t ESCR;   /* 0x18 */
    volatile uint32_t ESUR;   /* 0x1C */
    volatile uint32_t CWSTRT; /* 0x20 */
    volatile uint32_t CWSIZE; /* 0x24 */
    volatile uint32_t DR;     /* 0x28 */
};

_Static_assert(sizeof(struct dcmi_registers) == 0x2C, "DCMI layout");

#define DCMI ((struct dcmi_registers *)DCMI_BASE)

/* DCMI_CR */
#define DCMI_CR_CAPTURE (1u << 0)
#define DCMI_CR_SNAPSHOT (1u << 1)
#define DCMI_CR_CROP (1u << 2)
#define DCMI_CR_PCKPOL (1u << 5) /* data are taken at the clock's rising edge */
#define DCMI_CR_ENABLE (1u << 14)

/* DCMI_RISR, IER, MISR, ICR */
#define DCMI_FRAME (1u << 0)
#define DCMI_OVR (1u << 1)
#define DCMI_LINE (1u << 4)

/* DCMI_CWSTRT and CWSIZE: a window in clocks of the pixel and in lines */
#define DCMI_CWSTRT_VALUE(x, y) ((y) << 16 | (x))
#define DCMI_CWSIZE_VALUE(width, height) (((height) - 1u) << 16 | ((width) - 1u))

#endif
