/* Requantises what it is given, on both ways; the test compares with Python. */
#include "nn_requantise.h"

struct request {
    int32_t sum;
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
};

void requantise_all(const struct request *requests, int32_t count, int8_t *any, int8_t *narrow);

void requantise_all(const struct request *requests, int32_t count, int8_t *any, int8_t *narrow)
{
    for (int32_t i = 0; i < count; i++) {
        const int8_t shift = (int8_t)requests[i].shift;
        const struct nn_requantisation how = {
            .multiplier = &requests[i].multiplier,
            .shift = &shift,
            .zero_point = (int16_t)requests[i].zero_point,
        };
        any[i] = (int8_t)nn_requantise(requests[i].sum, &how, 0);
        narrow[i] = 0;
        if (shift <= -1 && shift >= -20 && requests[i].sum < 1 << 30 &&
            requests[i].sum > -(1 << 30)) {
            narrow[i] = (int8_t)nn_requantise_narrow(requests[i].sum, nn_narrow(&how, 0));
        }
    }
}
