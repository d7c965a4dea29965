#include "cli/commands.h"

#include <string.h>

static const struct mlt_opt options[] = {{NULL, 0, MLT_OPT_FLAG, NULL, NULL}};

static void first_words(const char *separator)
{
    for (size_t i = 0; mlt_commands[i]; i++) {
        const char *name = mlt_commands[i]->name;
        size_t len = strcspn(name, " ");
        bool repeated = i > 0 && strncmp(mlt_commands[i - 1]->name, name, len) == 0 &&
                        strchr(" ", mlt_commands[i - 1]->name[len]);
        if (!repeated)
            printf("%.*s%s", (int)len, name, separator);
    }
}

/* Whether this is the first of the commands of two words that share one. */
static bool opens_group(size_t at)
{
    const char *name = mlt_commands[at]->name;
    size_t len = strcspn(name, " ");
    return name[len] == ' ' &&
           (at == 0 || strncmp(mlt_commands[at - 1]->name, name, len + 1) != 0);
}

static void second_words(size_t first)
{
    const char *name = mlt_commands[first]->name;
    size_t len = strcspn(name, " ") + 1;
    printf("    elif [ \"$COMP_CWORD\" = 2 ] && [ \"${COMP_WORDS[1]}\" = %.*s ]; then\n"
           "        words=\"",
           (int)len - 1, name);
    for (size_t i = first; mlt_commands[i] && strncmp(mlt_commands[i]->name, name, len) == 0; i++)
        printf("%s ", mlt_commands[i]->name + len);
    puts("\"");
}

static void bash(void)
{
    puts("# mltest completion for bash: source <(mltest completion bash)\n"
         "_mltest() {\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
         "    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in");
    for (size_t i = 0; mlt_commands[i]; i++) {
        const struct mlt_command *c = mlt_commands[i];
        printf("    \"%s\"*) words=\"--help", c->name);
        for (const struct mlt_opt *o = c->options; o->name; o++)
            printf(" --%s", o->name);
        puts("\" ;;");
    }
    fputs("    esac\n"
          "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words=\"",
          stdout);
    first_words(" ");
    fputs("\"\n", stdout);
    for (size_t i = 0; mlt_commands[i]; i++)
        if (opens_group(i))
            second_words(i);
    puts("    fi\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "    [[ $cur == -* || ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$cur\"))\n"
         "}\n"
         "complete -o filenames -F _mltest mltest");
}

static void fish(void)
{
    puts("# mltest completion for fish: mltest completion fish | source");
    for (size_t i = 0; mlt_commands[i]; i++) {
        const struct mlt_command *c = mlt_commands[i];
        const char *second = strchr(c->name, ' ');
        int first = (int)strcspn(c->name, " ");
        if (second)
            printf("complete -c mltest -n '__fish_seen_subcommand_from %.*s' -a '%s' -d '%s'\n",
                   first, c->name, second + 1, c->summary);
        else
            printf("complete -c mltest -n __fish_use_subcommand -a '%s' -d '%s'\n", c->name,
                   c->summary);
        for (const struct mlt_opt *o = c->options; o->name && !second; o++)
            printf("complete -c mltest -n '__fish_seen_subcommand_from %s' -l %s%s -d '%s'\n",
                   c->name, o->name, o->argument ? " -r" : "", o->doc);
    }
    puts("complete -c mltest -n __fish_use_subcommand -a registry -d 'versions, their files and "
         "states'\n"
         "complete -c mltest -n __fish_use_subcommand -a docs -d 'the six documents of a version'\n"
         "complete -c mltest -n __fish_use_subcommand -a ab -d 'experiments with users'");
}

static int completion(struct mlt_cli *cli, struct mlt_err *err)
{
    const char *shell = cli->arguments[0];
    if (strcmp(shell, "bash") == 0) {
        bash();
    } else if (strcmp(shell, "zsh") == 0) {
        puts("autoload -U +X bashcompinit && bashcompinit");
        bash();
    } else if (strcmp(shell, "fish") == 0) {
        fish();
    } else {
        mlt_err_set(err, MLT_ERR_USAGE, "completion knows bash, zsh and fish, not \"%.40s\"",
                    shell);
        return -1;
    }
    return 0;
}

const struct mlt_command mlt_command_completion = {
    .name = "completion",
    .summary = "print shell completion for bash, zsh or fish",
    .arguments = "bash|zsh|fish",
    .examples = "  source <(mltest completion bash)\n",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = completion,
};
