/* Shape: a versioned file, net-tun.so.1.2, that is found by a symlink, net-tun.so. DT_NEEDED on the helper
 * library, which the loader finds beside it by RUNPATH $ORIGIN. */
#include "tun.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <relay/module.h>

#include "wire.h"

int tun_write(const char *prefix, struct relay_message *message)
{
    const unsigned char *data = relay_message_data(message);
    size_t size = relay_message_size(message);
    printf("%s %zu %08x ", prefix, size, (unsigned int)wire_checksum(data, size));
    fwrite(data, 1, size, stdout);
    putchar('\n');
    if (fflush(stdout) == 0)
        return 0;
    relay_warn("%s: %s", prefix, strerror(errno));
    return -1;
}

static int handle(struct relay_message *message)
{
    return tun_write("tun", message);
}

RELAY_MODULE(.name = "net-tun", .handle = handle)
