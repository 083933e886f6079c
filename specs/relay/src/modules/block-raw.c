/* Shape: stamp only. Uses neither librelay nor libc, so with --as-needed the linker records no DT_NEEDED at
 * all: nothing but the undefined stamp says what this file belongs to. */
#include <relay/module.h>

static int handle(struct relay_message *message)
{
    (void)message; /* raw means unchanged */
    return 0;
}

RELAY_MODULE(.name = "block-raw", .handle = handle)
