/* received.c - a ring of 64 bytes. */
#include "received.h"

#include "hal.h"

static volatile uint8_t received[64];
static volatile uint32_t received_head, received_tail;

void received_put(uint8_t byte)
{
    received[received_head % sizeof received] = byte;
    received_head = received_head + 1u;
}

int hal_uart_received(void)
{
    if (received_tail == received_head) {
        return -1;
    }
    const int byte = received[received_tail % sizeof received];
    received_tail = received_tail + 1u;
    return byte;
}
