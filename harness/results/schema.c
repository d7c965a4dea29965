#include "harness/results/schema.h"

/* A measurement is stored in the encoding that wire and reports share; its columns repeat a part of
 * it for people, and the reader refuses a file in which the two differ. */
static const char version_1[] =
    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY CHECK (id = 1), run_id TEXT NOT NULL, tool_version TEXT NOT NULL,"
    " candidate_model TEXT NOT NULL, candidate_version TEXT NOT NULL,"
    " candidate_digest TEXT NOT NULL, candidate_artifact_digest TEXT NOT NULL,"
    " baseline_model TEXT, baseline_version TEXT,"
    " baseline_digest TEXT, baseline_artifact_digest TEXT, baseline_ref TEXT,"
    " config_path TEXT, config_digest TEXT NOT NULL, config_text TEXT,"
    " seed INTEGER NOT NULL, shard INTEGER NOT NULL, shards INTEGER NOT NULL,"
    " filtered INTEGER NOT NULL CHECK (filtered IN (0, 1)), suites TEXT NOT NULL,"
    " started_at TEXT NOT NULL, finished_at TEXT,"
    " complete INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)), interrupted TEXT) STRICT;"
    "CREATE TABLE dataset ("
    " name TEXT NOT NULL PRIMARY KEY, path TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " rows INTEGER NOT NULL) STRICT;"
    "CREATE TABLE plan ("
    " ordinal INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE, suite TEXT NOT NULL,"
    " name TEXT NOT NULL, spec TEXT NOT NULL, require TEXT NOT NULL,"
    " timeout_ns INTEGER NOT NULL, exclusive INTEGER NOT NULL, fresh INTEGER NOT NULL) STRICT;"
    "CREATE TABLE outcome ("
    " case_id TEXT NOT NULL PRIMARY KEY REFERENCES plan (case_id),"
    " state TEXT NOT NULL CHECK (state IN ('not-run','passed','failed','broken','skipped')),"
    " message TEXT, diagnostics TEXT, duration_ns INTEGER NOT NULL) STRICT;"
    "CREATE TABLE measurement ("
    " ordinal INTEGER PRIMARY KEY, case_id TEXT NOT NULL REFERENCES plan (case_id),"
    " document TEXT NOT NULL, metric TEXT NOT NULL, unit TEXT, slice_column TEXT,"
    " slice_value TEXT, candidate REAL, baseline REAL, rows INTEGER NOT NULL) STRICT;"
    "CREATE TABLE paired_row ("
    " ordinal INTEGER PRIMARY KEY, case_id TEXT NOT NULL REFERENCES plan (case_id),"
    " row_id TEXT NOT NULL, cluster TEXT, slices TEXT, label TEXT,"
    " candidate REAL, baseline REAL, candidate_text TEXT, baseline_text TEXT) STRICT;"
    "CREATE TABLE series ("
    " ordinal INTEGER PRIMARY KEY, case_id TEXT NOT NULL REFERENCES plan (case_id),"
    " name TEXT NOT NULL, x REAL NOT NULL, y REAL) STRICT;"
    "CREATE TABLE attachment ("
    " ordinal INTEGER PRIMARY KEY, case_id TEXT NOT NULL REFERENCES plan (case_id),"
    " name TEXT NOT NULL, media_type TEXT NOT NULL, data BLOB NOT NULL) STRICT;";

/* What a regression needs beyond labels and answers to be measured again from its rows. */
static const char version_2[] = "ALTER TABLE paired_row ADD COLUMN weight REAL;"
                                "ALTER TABLE paired_row ADD COLUMN query TEXT;"
                                "ALTER TABLE paired_row ADD COLUMN numbers TEXT;";

static const char *const migrations[] = {version_1, version_2};

const struct mlt_db_schema mlt_results_schema = {
    .application_id = 0x6d6c7472, /* "mltr" */
    .user_version = 2,
    .what = "results file",
    .migrations = migrations,
};
