#include "spectrum.h"

#include "high_word.h"

/* The turning factor W^k = cos - j sin of 2 pi k / FRONT_END_FFT_POINTS, both in Q30. */
struct turn {
    int32_t cosine;
    int32_t sine;
};

#define QUARTER (FRONT_END_FFT_POINTS / 4u)

static const int32_t *const quarter_wave = front_end_cosine_q30;

/* k from 0 to 3 QUARTER, from a table of one quarter. */
static inline struct turn turn_of(uint32_t k)
{
    if (k <= QUARTER) {
        return (struct turn){quarter_wave[k], quarter_wave[QUARTER - k]};
    }
    if (k <= 2u * QUARTER) {
        return (struct turn){-quarter_wave[2u * QUARTER - k], quarter_wave[k - QUARTER]};
    }
    return (struct turn){-quarter_wave[k - 2u * QUARTER], -quarter_wave[3u * QUARTER - k]};
}

static inline int32_t quarter(int32_t x)
{
    return (x + 2) >> 2;
}

static inline struct complex32 quarter_of(struct complex32 z)
{
    return (struct complex32){quarter(z.re), quarter(z.im)};
}

/* z W^k / 4: a Q30 factor in the upper word of the product quarters by itself. */
static inline struct complex32 turned(struct complex32 z, struct turn w)
{
    return (struct complex32){
        add_high_word(high_word(z.re, w.cosine), z.im, w.sine),
        subtract_high_word(high_word(z.im, w.cosine), z.re, w.sine),
    };
}

static inline struct complex32 sum(struct complex32 a, struct complex32 b)
{
    return (struct complex32){a.re + b.re, a.im + b.im};
}

static inline struct complex32 difference(struct complex32 a, struct complex32 b)
{
    return (struct complex32){a.re - b.re, a.im - b.im};
}

/* The transform of four points a, b, c, d that stand `stride` cells apart. */
static inline void butterfly(union spectrum_cell *cell, uint32_t stride, struct complex32 a,
                             struct complex32 b, struct complex32 c, struct complex32 d)
{
    const struct complex32 ac = sum(a, c);
    const struct complex32 bd = sum(b, d);
    const struct complex32 a_c = difference(a, c);
    const struct complex32 b_d = difference(b, d);
    cell[0].z = sum(ac, bd);
    cell[stride].z = (struct complex32){a_c.re + b_d.im, a_c.im - b_d.re};
    cell[2u * stride].z = difference(ac, bd);
    cell[3u * stride].z = (struct complex32){a_c.re - b_d.im, a_c.im + b_d.re};
}

/* The first stage: all factors are 1, and a product with 1 in Q30 is a quarter, rounded alike. */
static void first_stage(union spectrum_cell *cells)
{
    for (union spectrum_cell *cell = cells; cell < cells + SPECTRUM_POINTS; cell += 4) {
        butterfly(cell, 1, quarter_of(cell[0].z), quarter_of(cell[1].z), quarter_of(cell[2].z),
                  quarter_of(cell[3].z));
    }
}

/*
 * One of the later stages: joins transforms of `length` points, four at a time. Inlined with a
 * constant length, which turns the four addresses into offsets.
 */
__attribute__((always_inline)) static inline void stage(union spectrum_cell *cells, uint32_t length)
{
    const uint32_t step = 2u * (SPECTRUM_POINTS / 4u) / length;
    for (uint32_t j = 0; j < length; j++) {
        const struct turn w1 = turn_of(j * step);
        const struct turn w2 = turn_of(2u * j * step);
        const struct turn w3 = turn_of(3u * j * step);
        for (union spectrum_cell *cell = cells + j; cell < cells + SPECTRUM_POINTS;
             cell += 4u * length) {
            butterfly(cell, length, quarter_of(cell[0].z), turned(cell[length].z, w1),
                      turned(cell[2u * length].z, w2), turned(cell[3u * length].z, w3));
        }
    }
}

static inline uint64_t power_of(struct complex32 x)
{
    const int64_t squares = (int64_t)x.re * x.re + (int64_t)x.im * x.im;
    return (uint64_t)squares >> FRONT_END_POWER_SHIFT;
}

/* Parts the spectra of even and odd samples, joins them to the real signal's, and squares. */
static void real_spectrum(union spectrum_cell *cells)
{
    for (uint32_t k = 1; k <= SPECTRUM_POINTS / 2u; k++) {
        union spectrum_cell *low = &cells[k];
        union spectrum_cell *high = &cells[SPECTRUM_POINTS - k];
        const struct complex32 zk = low->z;
        const struct complex32 zm = high->z;
        const struct complex32 even = {quarter(zk.re + zm.re), quarter(zk.im - zm.im)};
        const struct complex32 both = {zk.im + zm.im, zm.re - zk.re};
        const struct complex32 odd =
            turned(both, (struct turn){quarter_wave[k], quarter_wave[QUARTER - k]});
        high->power = power_of(difference(even, odd));
        low->power = power_of(sum(even, odd)); /* last: at k = 128 both are the same cell */
    }
}

void spectrum_power(union spectrum_cell *cells)
{
    _Static_assert(SPECTRUM_POINTS == 4 * 64, "the stages below");
    first_stage(cells);
    stage(cells, 4);
    stage(cells, 16);
    stage(cells, 64);
    real_spectrum(cells);
}
