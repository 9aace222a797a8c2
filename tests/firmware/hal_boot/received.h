/* received.h - bytes between the interrupt and who wants them. */
#ifndef HAL_BOOT_RECEIVED_H
#define HAL_BOOT_RECEIVED_H

#include <stdint.h>

void received_put(uint8_t byte);

#endif
