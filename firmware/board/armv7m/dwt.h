#ifndef ARMV7M_DWT_H
#define ARMV7M_DWT_H

/* Data watchpoint and trace unit of Armv7-M: its cycle counter (DDI 0403E.e, C1.8; DEMCR C1.6.5). */

#include <stdint.h>

#define DCB_DEMCR (*(volatile uint32_t *)0xE000EDFCu)
#define DCB_DEMCR_TRCENA (1u << 24)

#define DWT_CTRL (*(volatile uint32_t *)0xE0001000u)
#define DWT_CTRL_CYCCNTENA (1u << 0)
#define DWT_CYCCNT (*(volatile uint32_t *)0xE0001004u)
#define DWT_LAR (*(volatile uint32_t *)0xE0001FB0u) /* Cortex-M7: locked after reset (DDI 0489, 9.4) */
#define DWT_LAR_UNLOCK 0xC5ACCE55u

#endif
