#ifndef DRIVER_I2S_H
#define DRIVER_I2S_H

/*
 * A microphone on I2S2, PB12 (WS), PB13 (CK), PB15 (SD): samples of 16 bits, left and right in turn,
 * into a ring by DMA_LINE_SPI2_RX. Its interrupt (DMA_SPI2_RX_IRQHandler, the application's) comes
 * when half of the ring is new, and when the other half is.
 */

#include <stdint.h>

/*
 * Starts the clock and the ring; count is that of all samples in it. Returns the sample rate in
 * thousandths of a hertz, as near to rate_hz as the divider comes; 0 where the clock does not start.
 */
uint32_t i2s_start(uint32_t rate_hz, volatile int16_t *ring, uint32_t count);

/* Clock and ring off. */
void i2s_stop(void);

#endif
