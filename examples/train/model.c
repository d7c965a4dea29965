#include "examples/train/model.h"

#include <stdint.h>

/* splitmix64's finaliser: which rows are held out depends on the row's number and on nothing else. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

/* The weeks whose number ends in 6, 7 or 8: 36 whole weeks, spread over all seasons, so that no week
 * is in both parts. */
static bool is_held_out_week(const struct mlt_train_rows *rows, size_t row)
{
    int week = (int)mlt_train_rows_number(rows, row, mlt_train_rows_column(rows, "week"));
    return week % 10 >= 6 && week % 10 <= 8;
}

static bool is_held_out_row(const struct mlt_train_rows *rows, size_t row)
{
    (void)rows;
    return mix(row + 1) % 10 < 3;
}

static void make_sale_id(const struct mlt_train_rows *rows, size_t row, struct mlt_buf *out)
{
    static const char *const parts[][2] = {{"s", "store"}, {"-b", "brand"}, {"-w", "week"}};
    for (size_t i = 0; i < 3; i++) {
        mlt_buf_puts(out, parts[i][0]);
        mlt_buf_puts(out, mlt_train_rows_cell(rows, row, mlt_train_rows_column(rows, parts[i][1])));
    }
}

static void make_account_id(const struct mlt_train_rows *rows, size_t row, struct mlt_buf *out)
{
    (void)rows;
    mlt_buf_printf(out, "a%04zu", row + 1);
}

static void make_sentence_id(const struct mlt_train_rows *rows, size_t row, struct mlt_buf *out)
{
    (void)rows;
    mlt_buf_printf(out, "t%04zu", row + 1);
}

static const char *const sale_columns[] = {
    "week",   "store",  "brand",  "price1", "price2",  "price3",  "price4", "price5", "price6",
    "price7", "price8", "price9", "price10", "price11", "deal", "feat",   "logmove", NULL};
static const char *const sale_slices[] = {"brand", NULL};
static const char *const sale_versions[] = {"1.0.0", "1.1.0", "1.1.1",
                                            "1.2.0-experiment-quantized", NULL};

static const char *const account_columns[] = {
    "female",          "senior_citizen",   "partner",           "dependents",     "tenure",
    "phone_service",   "multiple_lines",   "internet_service",  "online_security", "online_backup",
    "device_protection", "tech_support",   "streaming_tv",      "streaming_movies", "contract",
    "paperless_billing", "payment_method", "monthly_charges",   "total_charges",  "churn",
    NULL};
static const char *const account_slices[] = {"contract", "internet_service", NULL};
static const char *const account_versions[] = {"1.0.0", "1.1.0", NULL};

static const char *const sentence_columns[] = {"source", "text", "label", NULL};
static const char *const sentence_slices[] = {"source", NULL};
static const char *const sentence_versions[] = {"1.0.0", "2.0.0-beta", NULL};

const struct mlt_train_model mlt_train_models[] = {
    {.name = "ad-score-predictor",
     .source = "orangejuice.csv.gz",
     .dataset = "orangejuice_dominicks_weekly",
     .task = MLT_TRAIN_REGRESSION,
     .label = "logmove",
     .cluster = "week",
     .extension = "ubj",
     .columns = sale_columns,
     .slices = sale_slices,
     .versions = sale_versions,
     .is_held_out = is_held_out_week,
     .make_id = make_sale_id},
    {.name = "account-health-predictor",
     .source = "wa_churn.csv.gz",
     .dataset = "watson_telecom_churn",
     .task = MLT_TRAIN_BINARY,
     .label = "churn",
     .positive = "Yes",
     .extension = "ubj",
     .columns = account_columns,
     .slices = account_slices,
     .versions = account_versions,
     .is_held_out = is_held_out_row,
     .make_id = make_account_id},
    {.name = "ad-sentiment-analyzer",
     .source = "sentences.csv.gz",
     .dataset = "sentiment_labelled_sentences",
     .task = MLT_TRAIN_BINARY,
     .is_text = true,
     .label = "label",
     .positive = "1",
     .extension = "bin",
     .columns = sentence_columns,
     .slices = sentence_slices,
     .versions = sentence_versions,
     .is_held_out = is_held_out_row,
     .make_id = make_sentence_id},
    {.name = NULL},
};
