/* Shape: a module with a configuration file of its own, /etc/relay/net-file.conf. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define SETTINGS "net-file.conf"

static FILE *out;

static int start(void)
{
    char *path = relay_setting(SETTINGS, "path");
    if (!path) {
        relay_warn("net-file: no `path` in " SETTINGS);
        return -1;
    }
    out = fopen(path, "ae");
    if (!out)
        relay_warn("net-file: %s: %s", path, strerror(errno));
    free(path);
    return out ? 0 : -1;
}

static int handle(struct relay_message *message)
{
    fwrite(relay_message_data(message), 1, relay_message_size(message), out);
    fputc('\n', out);
    if (fflush(out) == 0)
        return 0;
    relay_warn("net-file: %s", strerror(errno));
    return -1;
}

static void stop(void)
{
    fclose(out);
}

RELAY_MODULE(.name = "net-file", .start = start, .handle = handle, .stop = stop)
