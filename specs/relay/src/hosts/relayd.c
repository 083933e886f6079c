/* relayd: the daemon. Loads modules of every family. */
#include <stddef.h>

#include "host.h"

static const char *const families[] = {"block", "fmt", "net", "ui", NULL};
static const struct host relayd = {.families = families, .settings = "relay.conf"};

int main(int argc, char **argv)
{
    return host_main(&relayd, argc, argv);
}
