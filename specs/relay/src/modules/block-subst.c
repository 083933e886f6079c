/* Shape: a module with data of its own, /usr/share/relay/block-subst.map. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define MAP "block-subst.map"

struct pair {
    char *from, *to;
};

static struct pair *map;
static size_t map_size;

static int add(const char *from, const char *to)
{
    struct pair *larger = reallocarray(map, map_size + 1, sizeof *map);
    if (!larger)
        return -1;
    map = larger;
    map[map_size] = (struct pair){.from = strdup(from), .to = strdup(to)};
    if (!map[map_size].from || !map[map_size].to)
        return -1;
    map_size++;
    return 0;
}

/* "FROM TO" on a line; '#' starts a comment. */
static int read_map(FILE *file)
{
    char *line = NULL;
    int status = 0;
    for (size_t capacity = 0; status == 0 && getline(&line, &capacity, file) >= 0;) {
        char *rest, *from = strtok_r(line, " \t\n", &rest), *to = strtok_r(NULL, " \t\n", &rest);
        if (from && *from != '#' && to)
            status = add(from, to);
    }
    free(line);
    return status;
}

static int start(void)
{
    FILE *file = relay_open(MAP);
    if (!file) {
        relay_warn("block-subst: " MAP ": %s", strerror(errno));
        return -1;
    }
    int status = read_map(file);
    fclose(file);
    return status;
}

static void write_word(FILE *out, const char *word, size_t size)
{
    for (size_t i = 0; i < map_size; i++)
        if (strlen(map[i].from) == size && !memcmp(map[i].from, word, size)) {
            fputs(map[i].to, out);
            return;
        }
    fwrite(word, 1, size, out);
}

static void write_words(FILE *out, const char *text, const char *end)
{
    while (text < end) {
        const char *word = text;
        while (text < end && isalpha((unsigned char)*text))
            text++;
        if (text > word)
            write_word(out, word, (size_t)(text - word));
        else
            fputc(*text++, out);
    }
}

static int handle(struct relay_message *message)
{
    const char *text = (const char *)relay_message_data(message);
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    if (!out)
        return -1;
    write_words(out, text, text + relay_message_size(message));
    int status = fclose(out) == 0 ? relay_message_set(message, result, size) : -1;
    free(result);
    return status;
}

static void stop(void)
{
    for (; map_size > 0; map_size--) {
        free(map[map_size - 1].from);
        free(map[map_size - 1].to);
    }
    free(map);
    map = NULL;
}

RELAY_MODULE(.name = "block-subst", .start = start, .handle = handle, .stop = stop)
