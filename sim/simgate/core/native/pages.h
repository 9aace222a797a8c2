/* pages.h - large tables of which most is never touched. */
#ifndef SIMGATE_PAGES_H
#define SIMGATE_PAGES_H

#include <stddef.h>

/* Zeros, whose pages cost nothing until they are touched, and are the host's again afterwards: the
 * C library would keep what was freed, and clear it whole when it gives it out anew. */
void *pages_take(size_t size); /* NULL: no memory */
void pages_give_back(void *pages, size_t size); /* NULL is nothing */

#endif
