#include "harness/runner/guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "harness/runner/family.h"

static void *wait_for_term(void *mark)
{
    sigset_t term;
    int got;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    while (sigwait(&term, &got) != 0)
        ;
    if (mark)
        mlt_family_kill(mark);
    signal(SIGTERM, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &term, NULL);
    kill(getpid(), SIGTERM);
    return NULL;
}

bool mlt_guard_start(struct mlt_err *err)
{
    sigset_t term;
    pthread_t thread;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term, NULL);
    signal(SIGPIPE, SIG_IGN);
    int reason = pthread_create(&thread, NULL, wait_for_term, getenv(MLT_FAMILY_VARIABLE));
    if (reason != 0)
        return mlt_err_sys(err, reason, "cannot start the thread that waits for signals");
    pthread_detach(thread);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    /* The pool may have died before that line: the mark begins with its process id. */
    const char *mark = getenv(MLT_FAMILY_VARIABLE);
    if (mark && strtol(mark, NULL, 10) != (long)getppid())
        kill(getpid(), SIGTERM);
    return true;
}
