#ifndef DRIVER_BMI270_H
#define DRIVER_BMI270_H

/* Bosch's inertial sensor BMI270 (data sheet BST-BMI270-DS000, section 5). */

#define BMI270_CHIP_ID 0x00u
#define BMI270_INT_STATUS_0 0x1Cu
#define BMI270_INTERNAL_STATUS 0x21u
#define BMI270_FIFO_LENGTH_0 0x24u
#define BMI270_FIFO_DATA 0x26u
#define BMI270_FEAT_PAGE 0x2Fu
#define BMI270_FEATURES 0x30u
#define BMI270_ACC_CONF 0x40u
#define BMI270_ACC_RANGE 0x41u
#define BMI270_GYR_CONF 0x42u
#define BMI270_GYR_RANGE 0x43u
#define BMI270_FIFO_WTM_0 0x46u
#define BMI270_FIFO_CONFIG_0 0x48u
#define BMI270_FIFO_CONFIG_1 0x49u
#define BMI270_INT1_IO_CTRL 0x53u
#define BMI270_INT_LATCH 0x55u
#define BMI270_INT1_MAP_FEAT 0x56u
#define BMI270_INT_MAP_DATA 0x58u
#define BMI270_INIT_CTRL 0x59u
#define BMI270_INIT_DATA 0x5Eu
#define BMI270_PWR_CONF 0x7Cu
#define BMI270_PWR_CTRL 0x7Du
#define BMI270_CMD 0x7Eu

#define BMI270_IDENTITY 0x24u
#define BMI270_INITIALISED 1u /* INTERNAL_STATUS */
#define BMI270_SOFT_RESET 0xB6u
#define BMI270_SMALL_FILE_BYTES 328u /* the full one has 8192 */

#define BMI270_CONF_100HZ 0xA8u /* normal filter, performance optimised */
#define BMI270_ACC_RANGE_4G 1u
#define BMI270_GYR_RANGE_500 2u
#define BMI270_FIFO_FRAMES_OF_BOTH 0xD0u /* with headers */
#define BMI270_INT_PUSH_PULL_HIGH 0x0Au
#define BMI270_MAP_WATERMARK_TO_INT1 0x02u
#define BMI270_POWER_BOTH 0x06u
#define BMI270_ANY_MOTION 0x40u /* INT_STATUS_0, INT1_MAP_FEAT */
#define BMI270_ANY_MOTION_PAGE 1u
#define BMI270_ANY_MOTION_2 (BMI270_FEATURES + 0xEu) /* threshold, and enable in bit 15 */

#define BMI270_HEADER_BOTH 0x8Cu
#define BMI270_FRAME_BYTES 13u /* header, rate, acceleration */

#endif
