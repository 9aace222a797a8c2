"""UARTs, USARTs and LPUARTs."""
