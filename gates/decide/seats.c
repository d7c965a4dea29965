#include <string.h>

#include "gates/decide/people.h"

struct seating {
    const bool *may;
    size_t seats;
    long *seated;
    bool *tried;
};

/* Finds a seat for the person, moving those who sit to other seats where that frees one. At most as
 * deep as there are seats. */
static bool seat(const struct seating *s, size_t person)
{
    for (size_t i = 0; i < s->seats; i++) {
        if (!s->may[person * s->seats + i] || s->tried[i])
            continue;
        s->tried[i] = true;
        if (s->seated[i] == MLT_SEAT_EMPTY || seat(s, (size_t)s->seated[i])) {
            s->seated[i] = (long)person;
            return true;
        }
    }
    return false;
}

size_t mlt_seats_fill(const bool *may, size_t people, size_t seats, long *seated, bool *tried)
{
    const struct seating s = {may, seats, seated, tried};
    size_t count = 0;
    for (size_t i = 0; i < seats; i++)
        seated[i] = MLT_SEAT_EMPTY;
    for (size_t person = 0; person < people; person++) {
        memset(tried, 0, seats * sizeof *tried);
        count += seat(&s, person);
    }
    return count;
}
