/* relayctl: a filter. A second host with the same stamp, which loads only what transforms messages. */
#include <stddef.h>

#include "host.h"

static const char *const families[] = {"block", NULL};
static const struct host relayctl = {.families = families, .prints = true};

int main(int argc, char **argv)
{
    return host_main(&relayctl, argc, argv);
}
