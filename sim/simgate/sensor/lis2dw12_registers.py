"""Registers of the LIS2DW12 (data sheet LIS2DW12, section 7 "Register mapping" and section 8)."""

from __future__ import annotations

OUT_T_L, OUT_T_H, WHO_AM_I = 0x0D, 0x0E, 0x0F
CTRL1, CTRL2, CTRL3, CTRL4, CTRL5, CTRL6 = range(0x20, 0x26)
OUT_T, STATUS = 0x26, 0x27
OUT_X_L, OUT_Z_H = 0x28, 0x2D
OUT_HIGH_BYTES = (0x29, 0x2B, 0x2D)
FIFO_CTRL, FIFO_SAMPLES = 0x2E, 0x2F
TAP_THS_X, TAP_THS_Y, TAP_THS_Z, INT_DUR = 0x30, 0x31, 0x32, 0x33
WAKE_UP_THS, WAKE_UP_DUR, FREE_FALL = 0x34, 0x35, 0x36
STATUS_DUP, WAKE_UP_SRC, TAP_SRC, SIXD_SRC, ALL_INT_SRC = 0x37, 0x38, 0x39, 0x3A, 0x3B
X_OFS_USR, CTRL7 = 0x3C, 0x3F

IDENTITY = 0x44  # 8.3

BOOT, SOFT_RESET, BDU, IF_ADD_INC, I2C_DISABLE = 1 << 7, 1 << 6, 1 << 3, 1 << 2, 1 << 1  # CTRL2
H_LACTIVE, LIR, SLP_MODE_SEL, SLP_MODE_1 = 1 << 3, 1 << 4, 1 << 1, 1 << 0  # CTRL3
# CTRL4 routes to INT1, CTRL5 to INT2 (8.7, 8.8)
INT1_WU, INT1_FF, INT1_UNMODELLED = 1 << 5, 1 << 4, 0xC8
ROUTE_DRDY, ROUTE_FTH, ROUTE_FULL = 1 << 0, 1 << 1, 1 << 2
INT2_OVR, INT2_DRDY_T, INT2_UNMODELLED = 1 << 3, 1 << 4, 0xE0
# CTRL7 (8.28)
DRDY_PULSED, INT2_ON_INT1, INTERRUPTS_ENABLE = 1 << 7, 1 << 6, 1 << 5
USR_OFF_ON_OUT, USR_OFF_ON_WU, USR_OFF_W = 1 << 4, 1 << 3, 1 << 2

# what software can change, 0 after reset unless named in RESET
WRITABLE = {
    CTRL1: 0xFF,
    CTRL2: 0xDF,
    CTRL3: 0xFB,
    CTRL4: 0xFF,
    CTRL5: 0xFF,
    CTRL6: 0xFC,
    FIFO_CTRL: 0xFF,
    TAP_THS_X: 0xFF,
    TAP_THS_Y: 0xFF,
    TAP_THS_Z: 0xFF,
    INT_DUR: 0xFF,
    WAKE_UP_THS: 0xFF,
    WAKE_UP_DUR: 0xFF,
    FREE_FALL: 0xFF,
    **dict.fromkeys(range(X_OFS_USR, CTRL7), 0xFF),
    CTRL7: 0xFF,
}
RESET = {CTRL2: IF_ADD_INC}

# samples a second times ten by CTRL1.ODR: high-performance, low-power (8.4, table 26)
RATES_TENTH_HZ = {
    1: (125, 16),
    2: (125, 125),
    3: (250, 250),
    4: (500, 500),
    5: (1000, 1000),
    6: (2000, 2000),
    7: (4000, 2000),
    8: (8000, 2000),
    9: (16000, 2000),
}
# seconds of one conversion on demand by LP_MODE (application note AN5038, section 3.4)
CONVERSION_S = (0.00120, 0.00170, 0.00230, 0.00355)
FREE_FALL_MG = (156, 219, 250, 312, 344, 406, 469, 500)  # FF_THS, 8.21
