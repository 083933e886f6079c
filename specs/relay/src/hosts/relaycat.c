/* relaycat: a filter, and a host that exports nothing. It can load only modules that librelay alone serves;
 * whatever has the stamp is out of its reach. */
#include <stddef.h>

#include "host.h"

static const char *const families[] = {"fmt", NULL};
static const struct host relaycat = {.families = families, .prints = true};

int main(int argc, char **argv)
{
    return host_main(&relaycat, argc, argv);
}
