"""Registers of the BMI270 (data sheet BST-BMI270-DS000, section 5 "Register description")."""

from __future__ import annotations

from fractions import Fraction

CHIP_ID, ERR_REG, STATUS = 0x00, 0x02, 0x03
ACC_X_LSB, GYR_X_LSB, SENSORTIME_0, EVENT = 0x0C, 0x12, 0x18, 0x1B
INT_STATUS_0, INT_STATUS_1, INTERNAL_STATUS = 0x1C, 0x1D, 0x21
TEMPERATURE_0, FIFO_LENGTH_0, FIFO_DATA = 0x22, 0x24, 0x26
FEAT_PAGE, FEATURES = 0x2F, 0x30
ACC_CONF, ACC_RANGE, GYR_CONF, GYR_RANGE = 0x40, 0x41, 0x42, 0x43
FIFO_WTM_0, FIFO_CONFIG_0, FIFO_CONFIG_1 = 0x46, 0x48, 0x49
INT1_IO_CTRL, INT2_IO_CTRL, INT_LATCH = 0x53, 0x54, 0x55
INT1_MAP_FEAT, INT2_MAP_FEAT, INT_MAP_DATA = 0x56, 0x57, 0x58
INIT_CTRL, INIT_ADDR_0, INIT_ADDR_1, INIT_DATA = 0x59, 0x5B, 0x5C, 0x5E
PWR_CONF, PWR_CTRL, CMD = 0x7C, 0x7D, 0x7E

IDENTITY = 0x24
STATUS_DRDY_ACC, STATUS_DRDY_GYR, STATUS_CMD_RDY = 1 << 7, 1 << 6, 1 << 4
EVENT_POR = 1 << 0
INT_ACC_DRDY, INT_GYR_DRDY, INT_FWM, INT_FFULL = 1 << 7, 1 << 6, 1 << 1, 1 << 0  # INT_STATUS_1
INT_ANY_MOTION = 1 << 6  # INT_STATUS_0
NOT_INITIALISED, INITIALISED, INIT_ERROR = 0, 1, 2  # INTERNAL_STATUS.message
IO_LEVEL_HIGH, IO_OUTPUT = 1 << 1, 1 << 3  # INTx_IO_CTRL
MAP_FFULL, MAP_FWM, MAP_DRDY = 1 << 0, 1 << 1, 1 << 2  # INT_MAP_DATA, INT2 four bits above
ADVANCED_POWER_SAVE = 1 << 0  # PWR_CONF
GYR_EN, ACC_EN, TEMP_EN = 1 << 1, 1 << 2, 1 << 3  # PWR_CTRL
FIFO_STOP_ON_FULL, FIFO_TIME_EN = 1 << 0, 1 << 1  # FIFO_CONFIG_0
FIFO_HEADER_EN, FIFO_ACC_EN, FIFO_GYR_EN = 1 << 4, 1 << 6, 1 << 7  # FIFO_CONFIG_1
SOFT_RESET, FIFO_FLUSH = 0xB6, 0xB0  # CMD

RESET = {
    ACC_CONF: 0xA8,
    ACC_RANGE: 0x02,
    GYR_CONF: 0xA9,
    GYR_RANGE: 0x00,
    0x44: 0x46,  # AUX_CONF
    0x45: 0x88,  # FIFO_DOWNS
    FIFO_WTM_0: 0x00,
    FIFO_WTM_0 + 1: 0x02,
    FIFO_CONFIG_0: 0x02,
    FIFO_CONFIG_1: 0x10,
    0x4A: 0x00,  # SATURATION
    0x4B: 0x20,  # AUX_DEV_ID
    0x4C: 0x83,  # AUX_IF_CONF
    0x4D: 0x42,  # AUX_RD_ADDR
    0x4E: 0x4C,  # AUX_WR_ADDR
    0x4F: 0x02,  # AUX_WR_DATA
    0x52: 0x00,  # ERR_REG_MSK
    INT1_IO_CTRL: 0x00,
    INT2_IO_CTRL: 0x00,
    INT_LATCH: 0x00,
    INT1_MAP_FEAT: 0x00,
    INT2_MAP_FEAT: 0x00,
    INT_MAP_DATA: 0x00,
    INIT_CTRL: 0x00,
    INIT_ADDR_0: 0x00,
    INIT_ADDR_1: 0x00,
    0x68: 0x01,  # AUX_IF_TRIM
    0x69: 0x00,  # GYR_CRT_CONF
    0x6A: 0x00,  # NVM_CONF
    0x6B: 0x00,  # IF_CONF
    0x6C: 0xFF,  # DRV
    0x6D: 0x00,  # ACC_SELF_TEST
    0x6E: 0x00,  # GYR_SELF_TEST_AXES
    0x70: 0x00,  # NV_CONF
    **dict.fromkeys(range(0x71, 0x78), 0x00),  # OFFSET_0 to OFFSET_6
    PWR_CONF: 0x03,
    PWR_CTRL: 0x00,
    FEAT_PAGE: 0x00,
}

ACC_RANGES_G = (2, 4, 8, 16)
GYR_RANGES_DPS = (2000, 1000, 500, 250, 125)


def rate_hz(code: int, fastest: int) -> Fraction | None:
    """Samples a second of acc_odr or gyr_odr: 100 Hz is 8, each step is a factor of 2."""
    return Fraction(100 * 2**code, 2**8) if 1 <= code <= fastest else None
