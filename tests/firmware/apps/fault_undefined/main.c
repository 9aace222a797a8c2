/* A permanently undefined instruction, UDF #165, encoding 0xDEA5 (DDI 0403E.e, A7.7.194). */

#include "board.h"
#include "driver/console.h"

__attribute__((noipa)) static void execute_undefined(void)
{
    __asm volatile("udf #165");
}

int main(void)
{
    (void)board_start();
    console_text("about to execute an undefined instruction\n");
    execute_undefined();
    console_text("survived\n");
    for (;;) {
    }
}
