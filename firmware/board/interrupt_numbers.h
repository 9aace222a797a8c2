#ifndef BOARD_INTERRUPT_NUMBERS_H
#define BOARD_INTERRUPT_NUMBERS_H

/* INTERRUPT_<name>, the position of each interrupt that FOR_EACH_INTERRUPT of the board lists. */

#define INTERRUPT_POSITION(name) INTERRUPT_##name,
#define INTERRUPT_HOLE(position) INTERRUPT_HOLE_##position,
enum interrupt { FOR_EACH_INTERRUPT(INTERRUPT_POSITION, INTERRUPT_HOLE) INTERRUPT_COUNT };
#undef INTERRUPT_POSITION
#undef INTERRUPT_HOLE

#endif
