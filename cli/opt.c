#include "cli/opt.h"

#include <string.h>

#include "harness/base/str.h"

static const struct mlt_opt *find_long(const struct mlt_command *command, const char *name,
                                       size_t len)
{
    for (const struct mlt_opt *o = command->options; o && o->name; o++)
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    return NULL;
}

static const struct mlt_opt *find_letter(const struct mlt_command *command, char letter)
{
    for (const struct mlt_opt *o = command->options; o && o->name; o++)
        if (o->letter == letter)
            return o;
    return NULL;
}

static bool unknown_option(const struct mlt_command *command, const char *seen, struct mlt_err *err)
{
    const char *names[64];
    size_t n = 0;
    for (const struct mlt_opt *o = command->options; o && o->name && n < 62; o++)
        names[n++] = o->name;
    names[n++] = "help";
    names[n] = NULL;
    const char *bare = seen;
    while (*bare == '-')
        bare++;
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(bare, "="), bare);
    const char *near = mlt_str_nearest(word, names);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "mltest %s has no option %.60s%s%s%s (try mltest %s --help)", command->name,
                       seen, near ? "; did you mean --" : "", near ? near : "", near ? "?" : "",
                       command->name);
}

static bool add_value(struct mlt_cli *cli, const struct mlt_opt *opt, const char *value,
                      struct mlt_err *err)
{
    if (cli->value_count == MLT_CLI_MAX_VALUES)
        return mlt_err_set(err, MLT_ERR_USAGE, "more than %d options", MLT_CLI_MAX_VALUES);
    if (opt->kind == MLT_OPT_VALUE && mlt_opt_value(cli, opt->name))
        return mlt_err_set(err, MLT_ERR_USAGE, "--%s is given twice", opt->name);
    cli->values[cli->value_count].name = opt->name;
    cli->values[cli->value_count++].value = value;
    return true;
}

/* One option at argv[*at]; moves *at to its last word. */
static bool parse_option(struct mlt_cli *cli, int argc, char **argv, int *at, struct mlt_err *err)
{
    const char *word = argv[*at];
    const struct mlt_opt *opt;
    const char *value = NULL;
    if (word[1] == '-') {
        const char *name = word + 2;
        size_t len = strcspn(name, "=");
        opt = find_long(cli->command, name, len);
        if (name[len] == '=')
            value = name + len + 1;
    } else {
        opt = find_letter(cli->command, word[1]);
        if (opt && word[2])
            value = word + 2;
    }
    if (!opt)
        return unknown_option(cli->command, word, err);
    if (opt->kind == MLT_OPT_FLAG) {
        if (value)
            return mlt_err_set(err, MLT_ERR_USAGE, "--%s takes no value, got \"%.60s\"", opt->name,
                               value);
        return add_value(cli, opt, "", err);
    }
    if (!value) {
        if (*at + 1 >= argc)
            return mlt_err_set(err, MLT_ERR_USAGE, "--%s needs %s behind it", opt->name,
                               opt->argument);
        value = argv[++*at];
    }
    if (!*value)
        return mlt_err_set(err, MLT_ERR_USAGE, "--%s needs %s, got an empty text", opt->name,
                           opt->argument);
    return add_value(cli, opt, value, err);
}

bool mlt_opt_parse(struct mlt_cli *cli, int argc, char **argv, struct mlt_err *err)
{
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && argv[i][0] == '-' && argv[i][1]) {
            if (!parse_option(cli, argc, argv, &i, err))
                return false;
        } else {
            if (cli->argument_count == MLT_CLI_MAX_VALUES)
                return mlt_err_set(err, MLT_ERR_USAGE, "more than %d arguments",
                                   MLT_CLI_MAX_VALUES);
            cli->arguments[cli->argument_count++] = argv[i];
        }
    }
    const struct mlt_command *command = cli->command;
    if (cli->argument_count < command->min_arguments)
        return mlt_err_set(err, MLT_ERR_USAGE, "usage: mltest %s %s (try mltest %s --help)",
                           command->name, command->arguments, command->name);
    if (command->max_arguments >= 0 && cli->argument_count > command->max_arguments)
        return mlt_err_set(err, MLT_ERR_USAGE, "unexpected \"%.80s\"; usage: mltest %s %s",
                           cli->arguments[command->max_arguments], command->name,
                           command->arguments);
    return true;
}

bool mlt_opt_flag(const struct mlt_cli *cli, const char *name)
{
    return mlt_opt_value(cli, name) != NULL;
}

const char *mlt_opt_value(const struct mlt_cli *cli, const char *name)
{
    for (int i = 0; i < cli->value_count; i++)
        if (strcmp(cli->values[i].name, name) == 0)
            return cli->values[i].value;
    return NULL;
}

const char **mlt_opt_values(const struct mlt_cli *cli, const char *name, size_t *out_count)
{
    const char **list = mlt_arena_calloc(cli->arena, (size_t)cli->value_count + 1, sizeof *list);
    size_t n = 0;
    for (int i = 0; list && i < cli->value_count; i++)
        if (strcmp(cli->values[i].name, name) == 0)
            list[n++] = cli->values[i].value;
    *out_count = n;
    return list;
}

const struct mlt_command *mlt_command_find(int argc, char **argv, int *words, struct mlt_err *err)
{
    const char *names[64];
    size_t n = 0;
    char two[128] = "";
    if (argc > 1)
        snprintf(two, sizeof two, "%.60s %.60s", argv[0], argv[1]);
    bool is_group = false;
    for (size_t i = 0; mlt_commands[i]; i++) {
        const char *name = mlt_commands[i]->name;
        size_t first = strcspn(name, " ");
        if (strcmp(name, two) == 0 || strcmp(name, argv[0]) == 0) {
            *words = strchr(name, ' ') ? 2 : 1;
            return mlt_commands[i];
        }
        if (strlen(argv[0]) == first && memcmp(name, argv[0], first) == 0)
            is_group = true;
        if (n < 63)
            names[n++] = name;
    }
    names[n] = NULL;
    if (is_group && argc < 2) {
        mlt_err_set(err, MLT_ERR_USAGE,
                    "mltest %.60s needs a command behind it (try mltest --help)", argv[0]);
        return NULL;
    }
    const char *near = mlt_str_nearest(is_group ? two : argv[0], names);
    mlt_err_set(err, MLT_ERR_USAGE, "there is no command \"%.80s\"%s%s%s (try mltest --help)",
                is_group ? two : argv[0], near ? "; did you mean mltest " : "", near ? near : "",
                near ? "?" : "");
    return NULL;
}

void mlt_command_help(const struct mlt_command *command, FILE *out)
{
    fprintf(out, "%s\n\nExamples:\n%s\nUsage: mltest %s%s%s%s\n", command->summary,
            command->examples, command->name,
            command->options && command->options->name ? " [OPTIONS]" : "",
            *command->arguments ? " " : "", command->arguments);
    if (command->options && command->options->name)
        fputs("\nOptions:\n", out);
    for (const struct mlt_opt *o = command->options; o && o->name; o++) {
        char left[64], letter[8] = "    ";
        if (o->letter)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->argument ? " " : "",
                 o->argument ? o->argument : "");
        fprintf(out, "  %-30s %s\n", left, o->doc);
    }
    if (command->details)
        fprintf(out, "\n%s\n", command->details);
    fputs("\nExit codes: 0 pass, 1 fail, 2 usage or configuration, 3 inconclusive, 4 invalid "
          "evidence,\n"
          "5 infrastructure, 128+n signal n.\n",
          out);
}

void mlt_cli_help(FILE *out)
{
    fputs(
        "mltest: the release gate for machine-learning model versions\n\n"
        "Examples:\n"
        "  mltest run ad-score-predictor@1.1.0         test it against the version in production\n"
        "  mltest gate ad-score-predictor@1.1.0 --env staging   may it go there?\n"
        "  mltest report results.mlt --format markdown  the same run, for a pull request\n\n"
        "Usage: mltest COMMAND [OPTIONS] [ARGUMENTS]     mltest COMMAND --help tells more\n\n"
        "Commands:\n",
        out);
    for (size_t i = 0; mlt_commands[i]; i++)
        fprintf(out, "  %-20s %s\n", mlt_commands[i]->name, mlt_commands[i]->summary);
    fputs("\nExit codes: 0 pass, 1 fail, 2 usage or configuration, 3 inconclusive, 4 invalid "
          "evidence,\n"
          "5 infrastructure, 128+n signal n.\n",
          out);
}
