#include "harness/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400 };

uint64_t mlt_clock_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int64_t mlt_clock_wall_s(void)
{
    int64_t fixed;
    const char *text = getenv("MLTEST_NOW");
    if (text && mlt_clock_parse(text, &fixed))
        return fixed;
    return (int64_t)time(NULL);
}

int64_t mlt_clock_true_s(void)
{
    return (int64_t)time(NULL);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", days_from_civil). */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

char *mlt_clock_format(int64_t unix_s, char out[MLT_TIME_CHARS])
{
    /* RFC 3339 has four digits for the year. */
    const int64_t least = -62167219200, most = 253402300799;
    unix_s = unix_s < least ? least : unix_s > most ? most : unix_s;
    time_t when = (time_t)unix_s;
    struct tm parts;
    gmtime_r(&when, &parts);
    size_t len = strftime(out, MLT_TIME_CHARS, "0000-%m-%dT%H:%M:%SZ", &parts);
    for (int year = parts.tm_year + 1900, i = 3; len && i >= 0; i--, year /= 10)
        out[i] = (char)('0' + year % 10);
    return out;
}

/* Reads exactly `digits` digits at `*at`, then the one character `then` (0: none). */
static bool take(const char **at, int digits, char then, int *out)
{
    int value = 0;
    for (; digits > 0; digits--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *out = value;
    if (then && *(*at)++ != then)
        return false;
    return true;
}

/* "Z" or "+01:00"; the whole rest of the text. */
static bool take_offset(const char *at, int64_t *out_s)
{
    *out_s = 0;
    if (*at == 'Z' || *at == 'z')
        return at[1] == '\0';
    int sign = *at == '+' ? 1 : *at == '-' ? -1 : 0;
    int hours, minutes;
    if (sign == 0)
        return false;
    at++;
    if (!take(&at, 2, ':', &hours) || !take(&at, 2, 0, &minutes) || *at || hours > 23 ||
        minutes > 59)
        return false;
    *out_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool is_date(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && is_leap(year));
}

bool mlt_clock_parse(const char *text, int64_t *out_unix_s)
{
    int year, month, day, hour, minute, second;
    int64_t offset;
    const char *at = text;
    if (!take(&at, 4, '-', &year) || !take(&at, 2, '-', &month) || !take(&at, 2, 0, &day))
        return false;
    if (*at != 'T' && *at != 't')
        return false;
    at++;
    if (!take(&at, 2, ':', &hour) || !take(&at, 2, ':', &minute) || !take(&at, 2, 0, &second))
        return false;
    if (*at == '.') {
        size_t digits = strspn(++at, "0123456789");
        if (digits == 0)
            return false;
        at += digits;
    }
    if (!take_offset(at, &offset) || !is_date(year, month, day) || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    int64_t unix_s =
        days_from_civil(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second - offset;
    /* A leap second can only end a UTC day; POSIX counts it as the next day's first. */
    if (second == 60 && unix_s % DAY_S != 0)
        return false;
    *out_unix_s = unix_s;
    return true;
}

char *mlt_clock_format_duration(uint64_t ns, char out[32])
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
    if (ns < 1000) {
        snprintf(out, 32, "%u ns", (unsigned)ns);
        return out;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double value = (double)ns / units[i].ns;
        /* What would be printed as the next unit's 1 is printed in that unit. */
        if (value >= (i == 2 ? 59.95 : 999.5))
            continue;
        int places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        snprintf(out, 32, "%.*f %s", places, value, units[i].name);
        return out;
    }
    uint64_t seconds = ns / 1000000000u + (ns % 1000000000u >= 500000000u);
    if (seconds < 3600)
        snprintf(out, 32, "%u min %02u s", (unsigned)(seconds / 60), (unsigned)(seconds % 60));
    else
        snprintf(out, 32, "%llu h %02u min", (unsigned long long)(seconds / 3600),
                 (unsigned)(seconds % 3600 / 60));
    return out;
}
