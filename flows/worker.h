/* The worker program's one use case: serve cases with everything that is built in. */
#ifndef MLTEST_FLOWS_WORKER_H
#define MLTEST_FLOWS_WORKER_H

/* Serves frames from in_fd to out_fd; returns the program's exit status. */
int mlt_flow_worker(int in_fd, int out_fd);

#endif
