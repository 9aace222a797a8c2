"""Serial buses (I2C, SPI, I2S, DCMI), and what a device must be to sit on one."""
