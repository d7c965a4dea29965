/* Every text is a number exactly when the slow grammar says so, and has the bits that strtod gives.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char buffer[2048 + MLT_NUMBER_BEFORE];
    double wanted = 0, got = 0, fast = 0;
    if (size > 1100)
        return 0;
    memset(buffer, '5', MLT_NUMBER_BEFORE);
    char *text = memcpy(buffer + MLT_NUMBER_BEFORE, data, size);
    bool ok = mlt_str_parse_double(text, size, &wanted);
    if (mlt_number_parse(text, size, &got) != ok || memcmp(&got, &wanted, sizeof got) != 0)
        abort();
    if (__builtin_cpu_supports("avx2") && (mlt_number_parse_avx2(text, size, &fast) != ok ||
                                           memcmp(&fast, &wanted, sizeof fast) != 0))
        abort();
    return 0;
}
