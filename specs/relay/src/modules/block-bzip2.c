/* Shape: as block-zlib, with another external library: each module brings its own. */
#include <limits.h>

#include <bzlib.h>

#include "private.h"

/* The bound of the bzip2 manual, section 3.5.1. */
static size_t bound(size_t size)
{
    return size + size / 100 + 601;
}

static int handle(struct relay_message *message)
{
    char *data = (char *)relay_message_data(message);
    size_t size = relay_message_size(message);
    struct relay_room room;
    if (size > UINT_MAX / 2 || relay_message_room(message, bound(size), &room) < 0)
        return -1;
    unsigned int written = (unsigned int)room.size;
    int result = BZ2_bzBuffToBuffCompress((char *)room.start, &written, data, (unsigned int)size, 9, 0, 0);
    if (result != BZ_OK) {
        relay_warn("block-bzip2: error %d", result);
        return -1;
    }
    relay_message_commit(message, written);
    return 0;
}

RELAY_MODULE(.name = "block-bzip2", .handle = handle)
