/* fuse.c - joins neighbouring operations where one handler does the work of both. */
#include "code_cache.h"

void fuse_block(struct op *first, struct op *end)
{
    (void)first;
    (void)end;
}
