#ifndef HOST_SYSTEM_CONTROL_H
#define HOST_SYSTEM_CONTROL_H

/* Stands before the firmware's header of this name: sleeping lets the next thing happen. */
void wait_for_interrupt(void);

#endif
