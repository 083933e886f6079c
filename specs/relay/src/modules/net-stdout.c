/* Shape: the plainest of modules: stamp, public node, libc. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <relay/module.h>

static int handle(struct relay_message *message)
{
    fwrite(relay_message_data(message), 1, relay_message_size(message), stdout);
    putchar('\n');
    if (fflush(stdout) == 0)
        return 0;
    relay_warn("net-stdout: %s", strerror(errno));
    return -1;
}

RELAY_MODULE(.name = "net-stdout", .handle = handle)
