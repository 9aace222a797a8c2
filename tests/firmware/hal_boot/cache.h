#ifndef HAL_BOOT_CACHE_H
#define HAL_BOOT_CACHE_H

void cache_enable_instruction(void);
void cache_enable_data(void);

#endif
