/* Files in the configuration and data directories. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "private.h"

static FILE *open_in(const char *variable, const char *fallback, const char *name)
{
    const char *directory = secure_getenv(variable);
    char *path;
    if (asprintf(&path, "%s/%s", directory ? directory : fallback, name) < 0)
        return NULL;
    FILE *file = fopen(path, "re");
    free(path);
    return file;
}

static FILE *open_config(const char *name)
{
    return open_in("RELAY_CONFIG_DIR", RELAY_CONFIG_DIR, name);
}

static FILE *open_data(const char *name)
{
    return open_in("RELAY_DATA_DIR", RELAY_DATA_DIR, name);
}

FILE *relay_open(const char *name)
{
    FILE *file = open_config(name);
    return file || errno != ENOENT ? file : open_data(name);
}

/* Cuts the white space off both ends, in place. */
static char *trim(char *text)
{
    text += strspn(text, " \t\n");
    for (char *end = text + strlen(text); end > text && strchr(" \t\n", end[-1]);)
        *--end = '\0';
    return text;
}

/* Takes a stream, or NULL; closes it. */
static char *value_in(FILE *stream, const char *key)
{
    if (!stream)
        return NULL;
    char *line = NULL, *value = NULL;
    for (size_t capacity = 0; !value && getline(&line, &capacity, stream) >= 0;) {
        char *equals = strchr(line, '=');
        if (!equals || *trim(line) == '#')
            continue;
        *equals = '\0';
        if (!strcmp(trim(line), key))
            value = strdup(trim(equals + 1));
    }
    free(line);
    fclose(stream);
    return value;
}

char *relay_setting(const char *file, const char *key)
{
    char *value = value_in(open_config(file), key);
    return value ? value : value_in(open_data(file), key);
}
