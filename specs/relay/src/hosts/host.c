#include "host.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { FINE = 0, FAILED = 1, USAGE = 2 };

#define CHAIN_MAX 32

struct chain {
    const struct relay_module *modules[CHAIN_MAX];
    size_t count;
};

static int usage(FILE *stream)
{
    const char *program = program_invocation_short_name;
    fprintf(stream,
            "usage: %s [--input FILE] [MODULE...]\n"
            "       %s --load MODULE...\n"
            "       %s --all | --list | --version | --help\n",
            program, program, program);
    return stream == stdout ? FINE : USAGE;
}

static int print_version(void)
{
    printf("%s %s (librelay %s)\n", program_invocation_short_name, RELAY_VERSION, relay_version());
    return FINE;
}

static int load(const char *name)
{
    if (!relay_load(name))
        return -1;
    printf("loaded: %s\n", name);
    return 0;
}

static int list(const char *name)
{
    puts(name);
    return 0;
}

static bool is_ours(const struct host *host, const char *name)
{
    if (relay_family_is(name, host->families))
        return true;
    relay_warn("%s: not of a family that %s loads", name, program_invocation_short_name);
    return false;
}

static int load_named(const struct host *host, char **names)
{
    int status = FINE;
    for (; *names; names++)
        if (!is_ours(host, *names) || load(*names) < 0)
            status = FAILED;
    return status;
}

static int add(const struct host *host, struct chain *chain, const char *name)
{
    if (chain->count == CHAIN_MAX) {
        relay_warn("more than %d modules", CHAIN_MAX);
        return -1;
    }
    const struct relay_module *module = is_ours(host, name) ? relay_load(name) : NULL;
    if (!module)
        return -1;
    chain->modules[chain->count++] = module;
    return 0;
}

static int add_named(const struct host *host, struct chain *chain, char **names)
{
    for (; *names; names++)
        if (add(host, chain, *names) < 0)
            return -1;
    return 0;
}

static int add_listed(const struct host *host, struct chain *chain, char *list)
{
    char *rest;
    for (char *name = strtok_r(list, " \t", &rest); name; name = strtok_r(NULL, " \t", &rest))
        if (add(host, chain, name) < 0)
            return -1;
    return 0;
}

static int start(const struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->modules[i]->start && chain->modules[i]->start() < 0)
            return -1;
    return 0;
}

static void stop(const struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->modules[i]->stop)
            chain->modules[i]->stop();
}

static int pass(const struct chain *chain, struct relay_message *message)
{
    for (size_t i = 0; i < chain->count; i++)
        if (chain->modules[i]->handle(message) < 0)
            return -1;
    return 0;
}

static void print(struct relay_message *message)
{
    fwrite(relay_message_data(message), 1, relay_message_size(message), stdout);
    putchar('\n');
}

/* Each line is a message; its newline is not part of it. */
static int run(const struct host *host, const struct chain *chain, FILE *input)
{
    struct relay_message *message = relay_message_new();
    char *line = NULL;
    size_t capacity = 0;
    int status = message ? FINE : FAILED;
    for (ssize_t size; message && (size = getline(&line, &capacity, input)) >= 0;) {
        size -= size > 0 && line[size - 1] == '\n';
        if (relay_message_set(message, line, (size_t)size) < 0 || pass(chain, message) < 0)
            status = FAILED;
        else if (host->prints)
            print(message);
    }
    free(line);
    relay_message_free(message);
    return status;
}

/* A FIFO that is open for writing too never comes to its end when a writer goes. */
static FILE *open_input(const char *path)
{
    if (!path || !strcmp(path, "-"))
        return stdin;
    FILE *input = fopen(path, "r+e");
    if (!input)
        relay_warn("%s: %s", path, strerror(errno));
    return input;
}

static int relay_lines(const struct host *host, const struct chain *chain, const char *path)
{
    FILE *input = open_input(path);
    if (!input || start(chain) < 0)
        return FAILED;
    if (!chain->count)
        relay_warn("no modules in the chain");
    int status = run(host, chain, input);
    stop(chain);
    return status;
}

static int relay(const struct host *host, const char *path, char **names)
{
    struct chain chain = {0};
    char *modules = host->settings ? relay_setting(host->settings, "modules") : NULL;
    char *input = host->settings ? relay_setting(host->settings, "input") : NULL;
    int added = *names ? add_named(host, &chain, names) : modules ? add_listed(host, &chain, modules) : 0;
    int status = added < 0 ? FAILED : relay_lines(host, &chain, path ? path : input);
    free(modules);
    free(input);
    return status;
}

static int act(const struct host *host, int mode, const char *path, char **names)
{
    switch (mode) {
    case 'a':
        return relay_each(host->families, load) ? FAILED : FINE;
    case 'h':
        return usage(stdout);
    case 'l':
        return relay_each(host->families, list) ? FAILED : FINE;
    case 'L':
        return load_named(host, names);
    case 'V':
        return print_version();
    default:
        return relay(host, path, names);
    }
}

int host_main(const struct host *host, int argc, char **argv)
{
    static const struct option options[] = {
        {"all", no_argument, NULL, 'a'},         {"help", no_argument, NULL, 'h'},
        {"input", required_argument, NULL, 'i'}, {"list", no_argument, NULL, 'l'},
        {"load", no_argument, NULL, 'L'},        {"version", no_argument, NULL, 'V'},
        {0},
    };
    const char *path = NULL;
    int mode = 0;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == '?')
            return usage(stderr);
        if (option == 'i')
            path = optarg;
        else
            mode = option;
    }
    char **names = argv + optind;
    bool takes_names = mode == 0 || mode == 'L';
    if ((*names && !takes_names) || (!*names && mode == 'L'))
        return usage(stderr);
    int status = act(host, mode, path, names);
    if (fflush(stdout) == EOF || ferror(stdout)) {
        relay_warn("stdout: %s", strerror(errno));
        return FAILED;
    }
    return status;
}
