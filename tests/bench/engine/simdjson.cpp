// The same JSON lines through simdjson's streaming parser: simdjson FILE. Reading the file is inside the
// time, as it is for the others.
#include <cstdio>
#include <sys/resource.h>
#include <time.h>

#include <simdjson.h>

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

static long peak_kib()
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    long before = peak_kib();
    double sum[4] = {0, 0, 0, 0};
    simdjson::ondemand::parser parser;
    simdjson::padded_string text = simdjson::padded_string::load(argv[1]);
    simdjson::ondemand::document_stream rows;
    if (parser.iterate_many(text, 1 << 20).get(rows))
        return 1;
    for (auto row : rows) {
        sum[0] += double(row["label"]);
        sum[1] += double(row["score"]);
        sum[2] += double(row["baseline"]);
        sum[3] += static_cast<double>(std::string_view(row["country"]).size());
    }
    std::printf("%.6f %.6f %ld %ld %.12g\n", seconds(CLOCK_MONOTONIC) - wall,
                seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, peak_kib(), peak_kib() - before, sum[0]);
    return 0;
}
