/* Shape: DT_NEEDED on another module, net-tun.so.1, with RUNPATH $ORIGIN. Loading it loads net-tun, whose
 * constructor then runs first. */
#include <relay/module.h>

#include "tun.h"

static int handle(struct relay_message *message)
{
    return tun_write("tap 02:00:00:00:00:01", message);
}

RELAY_MODULE(.name = "net-tap", .handle = handle)
