/* What a command came to, for the pipeline it runs in. Writers only: they open no file and read no
 * environment. Every text may come from a model, from data or from a person's hand; each writer
 * bounds it and escapes it, so that it can never be a command, a line or a key of its own. */
#ifndef MLTEST_REPORTS_CI_H
#define MLTEST_REPORTS_CI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"
#include "reports/report.h"

/* One thing that does not pass. */
struct mlt_ci_note {
    enum mlt_verdict verdict;
    const char *title; /* the criterion, the case */
    const char *text;  /* why */
};

struct mlt_ci_input {
    const char *command;             /* "run", "gate", "promote", "deploy": letters and '-' only */
    const char *verdict;             /* "pass" …; "error" when the command ended without one */
    const char *title;               /* "gate to environment staging: m@1.1.0 against 1.0.0" */
    const struct mlt_ci_note *notes; /* worst first */
    size_t note_count;
    const char *decision_path;   /* NULL: not kept */
    const char *decision_digest; /* SHA-256 of the document; NULL */
    const char *results_path;    /* NULL */
    const char *junit_path;      /* a JUnit report that was written; NULL */
};

/* The criteria that do not pass, worst first; strings are lent or in the arena. */
bool mlt_ci_notes_of_decision(const struct mlt_decision *decision, struct mlt_arena *arena,
                              const struct mlt_ci_note **out, size_t *out_count,
                              struct mlt_err *err) MLT_MUST_USE;
/* The cases that did not pass and the findings that do not, worst first. */
bool mlt_ci_notes_of_run(const struct mlt_report_input *in, struct mlt_arena *arena,
                         const struct mlt_ci_note **out, size_t *out_count,
                         struct mlt_err *err) MLT_MUST_USE;

/* GitHub Actions. Workflow commands: at most 10 errors (fail, invalid) and 10 warnings
 * (inconclusive), as a step may have; the last says how many there are beyond. */
void mlt_github_annotations(const struct mlt_ci_input *in, struct mlt_buf *out);
/* Lines for the file $GITHUB_OUTPUT: verdict, decision-digest, decision, results, reasons.
 * `delimiter` must be unguessable and of letters, digits and '_' only. */
void mlt_github_outputs(const struct mlt_ci_input *in, const char *delimiter, struct mlt_buf *out);
/* JSON text in which no "##[" stands: the runner takes that for a command wherever it stands. */
void mlt_github_json(const char *json, size_t len, struct mlt_buf *out);
/* What a step summary may hold in all. */
enum { MLT_GITHUB_SUMMARY_BYTES = 1 << 20 };

/* GitLab. Lines for artifacts:reports:dotenv: keys of capitals and '_', values of one line without
 * blanks or quotes; free text is left out. */
void mlt_gitlab_dotenv(const struct mlt_ci_input *in, struct mlt_buf *out);
/* What opens and closes a section of the job's log. */
void mlt_gitlab_section_start(const char *command, int64_t unix_s, struct mlt_buf *out);
void mlt_gitlab_section_end(const char *command, int64_t unix_s, struct mlt_buf *out);

/* Jenkins. Lines for readProperties (java.util.Properties, ASCII). */
void mlt_jenkins_properties(const struct mlt_ci_input *in, struct mlt_buf *out);
/* Lines for the log: which steps read what was written. `file`: the properties. */
void mlt_jenkins_hints(const struct mlt_ci_input *in, const char *file, struct mlt_buf *out);

/* "MLTEST_GATE_": what the keys of a command begin with, in files of several commands. */
void mlt_ci_prefix(const char *command, struct mlt_buf *out);
/* A text as one line of the characters that are plain everywhere: [A-Za-z0-9._/@:+,-]; any other
 * byte becomes '_'. */
void mlt_ci_plain(struct mlt_buf *out, const char *text, size_t max_bytes);

#endif
