/* One row of the table of layers: what a simulator or debugger needs to find a layer's output.
 *
 * The table lies in the section .simgate.layers, which is not loaded and costs no Flash; see
 * simgate_layers.ld. A row is 192 bytes. When the program counter reaches code_end, the layer's
 * output is complete and nothing has overwritten it. Bit 0 of code addresses means nothing.
 */
#ifndef NN_LAYER_ROW_H
#define NN_LAYER_ROW_H

#include <stdint.h>

#define NN_LAYER_ROW_MAGIC 0x314C4753u /* "SGL1" */
#define NN_LAYER_ROW_INPUT 0xFFFFFFFFu /* the operator's index in the row of the model's input */

/* Only where pointers have 32 bits: a host's build has no table. */
#if UINTPTR_MAX == 0xFFFFFFFFu
#define NN_LAYER_TABLE 1

struct nn_layer_row {
    uint32_t magic;
    uint32_t operator_index;
    uint32_t tensor_index;
    const void *output;
    uint32_t output_size; /* bytes */
    const void *code_start;
    const void *code_end;
    uint32_t type; /* TFLite's TensorType */
    uint32_t rank;
    int32_t shape[6];
    float scale;
    int32_t zero_point;
    char operator_name[28];
    char name[96];
};

_Static_assert(sizeof(struct nn_layer_row) == 192, "a row is 192 bytes");

#else
#define NN_LAYER_TABLE 0
#endif

#endif
