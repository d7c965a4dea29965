/* A model program of the process protocol that misbehaves as its first argument says, when a row's x
 * is 3; every other x is answered with 2x. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ROWS = 64, WINDOW = 4 };

struct request {
    char id[32];
    double x[MAX_ROWS];
    int rows;
    bool poisoned;
};

static const char *mode;

static bool is(const char *name)
{
    return strcmp(mode, name) == 0;
}

static bool read_request(const char *line, struct request *out)
{
    *out = (struct request){0};
    if (sscanf(line, "{\"id\":\"%31[^\"]", out->id) != 1)
        return false;
    for (const char *at = line; (at = strstr(at, "\"x\":")) && out->rows < MAX_ROWS;) {
        at += 4;
        out->x[out->rows] = strtod(at, NULL);
        out->poisoned |= out->x[out->rows++] == 3;
    }
    return true;
}

static void answer(const struct request *r)
{
    printf("{\"id\":\"%s\",\"predictions\":[", r->id);
    for (int i = 0; i < r->rows; i++)
        printf("%s%.17g", i ? "," : "", 2 * r->x[i]);
    printf("]}\n");
}

static void hang(void)
{
    for (;;)
        pause();
}

static void misbehave(const struct request *r)
{
    if (is("malformed"))
        printf("Loading weights ...\n");
    else if (is("nan"))
        printf("{\"id\": \"%s\", \"predictions\": [NaN]}\n", r->id);
    else if (is("wrong-id"))
        printf("{\"id\":\"424242\",\"predictions\":[1]}\n");
    else if (is("wrong-count"))
        printf("{\"id\":\"%s\",\"predictions\":[1,2,3]}\n", r->id);
    else if (is("refuse"))
        printf("{\"id\":\"%s\",\"error\":\"I do not like three\"}\n", r->id);
    else if (is("duplicate")) {
        answer(r);
        answer(r);
    } else if (is("silent") || is("stubborn")) {
        fprintf(stderr, "thinking about it\n");
        hang();
    } else if (is("dies")) {
        fprintf(stderr, "cannot allocate tensor\n");
        printf("{\"id\":\"%s\",\"predi", r->id);
        fflush(stdout);
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would turn it into an exit */
        kill(getpid(), SIGSEGV);
    } else if (is("exits")) {
        exit(7);
    } else if (is("closes-output")) {
        fclose(stdout);
        hang();
    } else if (is("endless-line")) {
        for (;;)
            fwrite("xxxxxxxxxxxxxxxx", 1, 16, stdout);
    } else if (is("endless-lines")) {
        for (;;)
            puts("");
    } else if (is("leaves-a-child")) {
        /* A grandchild keeps the pipes open and outlives its parent. */
        if (fork() == 0)
            hang();
        _exit(9);
    } else {
        answer(r);
    }
}

static void say_hello(void)
{
    if (is("no-hello"))
        hang();
    if (is("dies-early")) {
        fprintf(stderr, "ModuleNotFoundError: No module named 'sklearn'\n");
        exit(1);
    }
    if (is("chatty"))
        puts("Hello, I am a model");
    else if (is("wrong-version"))
        puts("{\"mltest\":1,\"version\":\"9.9.9\"}");
    else
        printf("{\"mltest\":1,\"model\":\"hostile\",\"max_batch\":%d,\"window\":%d}\n",
               is("batch") || is("refuse-batch") ? 4 : 1, is("one") ? 1 : WINDOW);
    fflush(stdout);
}

/* Holds what it was asked until the window is full or nothing more comes, then answers backwards. */
static void serve_backwards(void)
{
    struct request held[WINDOW];
    char line[65536];
    int count = 0;
    while (fgets(line, sizeof line, stdin)) {
        if (!read_request(line, &held[count++]))
            exit(2);
        /* The last rows of the test are asked in a window that is not full: x < 0 says so. */
        if (count == WINDOW || held[count - 1].x[0] < 0) {
            while (count > 0)
                answer(&held[--count]);
            fflush(stdout);
        }
    }
}

int main(int argc, char **argv)
{
    static char line[1 << 20];
    struct request r;
    mode = argc > 1 ? argv[1] : "ok";
    if (is("stubborn"))
        signal(SIGTERM, SIG_IGN);
    say_hello();
    if (is("out-of-order")) {
        serve_backwards();
        return 0;
    }
    while (fgets(line, sizeof line, stdin)) {
        if (!read_request(line, &r))
            return 2;
        if (is("big-stderr"))
            for (int i = 0; i < 20000; i++)
                fprintf(stderr, "warning %d: the fast path is slow today\n", i);
        if (is("slow"))
            usleep(20000);
        if (is("refuse-batch") && r.poisoned)
            printf("{\"id\":\"%s\",\"error\":\"a row of these is bad\"}\n", r.id);
        else if (r.poisoned)
            misbehave(&r);
        else
            answer(&r);
        fflush(stdout);
    }
    return 0;
}
