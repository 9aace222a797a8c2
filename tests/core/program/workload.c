/* workload.c - a bit of everything that compilers emit for a Cortex-M4F, in an endless loop. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <arm_acle.h>

struct row {
    char name[12];
    int32_t key;
    double weight;
};

volatile uint32_t results[16];
static uint32_t seed = 12345;
static struct row rows[24];
static float matrix[3][8][8];
static int8_t input[256], weights[256];
static uint32_t crc_table[256];

static uint32_t next_random(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed;
}

static int by_key(const void *left, const void *right)
{
    const struct row *x = left, *y = right;

    return x->key < y->key ? -1 : x->key > y->key;
}

static uint32_t sort_rows(void)
{
    unsigned i;
    double sum = 0;

    for (i = 0; i < 24; i++) {
        rows[i].key = (int32_t)next_random() >> (i & 15);
        rows[i].weight = (double)rows[i].key / (i + 1) + 0.125;
        memset(rows[i].name, 'a' + (int)i, sizeof rows[i].name - 1);
        rows[i].name[11] = '\0';
    }
    qsort(rows, 24, sizeof rows[0], by_key);
    for (i = 0; i < 24; i++)
        sum = sum * 0.5 + rows[i].weight + (double)strlen(rows[i].name);
    return (uint32_t)(int64_t)sum ^ (uint32_t)strcmp(rows[3].name, rows[4].name);
}

static uint32_t crc(const void *data, uint32_t size)
{
    const uint8_t *bytes = data;
    uint32_t i, j, value = ~0u;

    if (crc_table[1] == 0)
        for (i = 0; i < 256; i++) {
            uint32_t entry = i;

            for (j = 0; j < 8; j++)
                entry = entry & 1 ? entry >> 1 ^ 0xEDB88320u : entry >> 1;
            crc_table[i] = entry;
        }
    for (i = 0; i < size; i++)
        value = value >> 8 ^ crc_table[(value ^ bytes[i]) & 0xFF];
    return ~value;
}

static uint32_t multiply_matrices(void)
{
    unsigned i, j, k;
    float trace = 0;

    for (i = 0; i < 64; i++) {
        matrix[0][i / 8][i % 8] = (float)(int32_t)next_random() * 1e-9f;
        matrix[1][i / 8][i % 8] = sinf((float)i) + sqrtf((float)(i * 3));
    }
    for (i = 0; i < 8; i++)
        for (j = 0; j < 8; j++) {
            float sum = 0;

            for (k = 0; k < 8; k++)
                sum += matrix[0][i][k] * matrix[1][k][j];
            matrix[2][i][j] = sum;
        }
    for (i = 0; i < 8; i++)
        trace += matrix[2][i][i] > 0 ? expf(-fabsf(matrix[2][i][i])) : tanhf(matrix[2][i][i]);
    return (uint32_t)(int32_t)(trace * 65536.0f) + (uint32_t)lrintf(trace) +
           (trace < 3.0f ? (uint32_t)floorf(trace) : 7u);
}

static uint32_t read_word(const int8_t *from)
{
    uint32_t word;

    memcpy(&word, from, sizeof word);
    return word;
}

static int32_t convolve(void)
{
    int32_t sum = 0, i, saturated = 0;

    for (i = 0; i < 256; i++) {
        input[i] = (int8_t)next_random();
        weights[i] = (int8_t)(next_random() >> 9);
    }
    for (i = 0; i < 252; i++)
        sum += input[i] * weights[i + 3];
#if defined(__ARM_FEATURE_DSP)
    for (i = 0; i < 256; i += 4) {
        int16x2_t a = __sxtb16(read_word(input + i)), b = __sxtb16(read_word(weights + i));

        sum = __smlad(a, b, sum);
        saturated = __qadd(saturated, __smlabb((int32_t)a, (int32_t)b, 5) << 3);
        saturated ^= (int32_t)__uqadd8((uint8x4_t)a, (uint8x4_t)b);
        saturated = __ssat(saturated, 27) + __usat(sum >> 3, 9) + __sel(a, b);
    }
#endif
    return sum + saturated;
}

static uint32_t divide(void)
{
    uint64_t wide = (uint64_t)next_random() << 32 | next_random();
    int64_t negative = -(int64_t)(wide >> 3);
    uint32_t i, sum = 0;

    for (i = 1; i < 40; i++) {
        sum += (uint32_t)(wide / (i * 1000003u)) ^ (uint32_t)(negative % (int64_t)(i * 77));
        sum += next_random() / i + (uint32_t)((int32_t)next_random() % (int32_t)(i + 3));
        sum = sum << (i & 31) | sum >> (-i & 31);
        wide += (wide << 13) ^ (wide >> 7);
    }
    return sum;
}

static uint32_t choose(uint32_t what)
{
    switch (what % 11) {
    case 0: return sort_rows();
    case 1: return crc(input, sizeof input);
    case 2: return multiply_matrices();
    case 3: return (uint32_t)convolve();
    case 4: return divide();
    case 5: memmove((char *)matrix[2] + 5, (char *)matrix[2] + 1, 200); return 5;
    case 6: return crc((char *)rows + 3, 301);
    case 7: return (uint32_t)(int32_t)(atan2((double)what, 3.0) * 1e6);
    case 8: return (uint32_t)abs((int)next_random()) + (uint32_t)__builtin_clz(next_random() | 1);
    case 9: return __builtin_bswap32(next_random()) + (uint32_t)__builtin_popcount(next_random());
    default: return what * 7 > 100 ? what : ~what;
    }
}

void main_loop(void)
{
    uint32_t i;

    for (i = 0;; i++)
        results[i & 15] += choose(i);
}
