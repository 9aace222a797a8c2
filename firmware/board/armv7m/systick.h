#ifndef ARMV7M_SYSTICK_H
#define ARMV7M_SYSTICK_H

/* System timer of Armv7-M (DDI 0403E.e, B3.3). */

#include <stdint.h>

struct systick_registers {
    volatile uint32_t CSR;      /* 0x0 */
    volatile uint32_t RVR;      /* 0x4 */
    volatile uint32_t CVR;      /* 0x8 */
    volatile uint32_t CALIB;    /* 0xC */
};

#define SYSTICK ((struct systick_registers *)0xE000E010u)

#define SYSTICK_CSR_ENABLE (1u << 0)
#define SYSTICK_CSR_TICKINT (1u << 1)
#define SYSTICK_CSR_CLKSOURCE_CORE (1u << 2)
#define SYSTICK_RELOAD_MAXIMUM 0x00FFFFFFu

#endif
