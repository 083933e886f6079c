/* Shape: private version node and an external library. Without it the program would need no zlib. */
#include <zlib.h>

#include "private.h"

static int handle(struct relay_message *message)
{
    const unsigned char *data = relay_message_data(message);
    uLong size = relay_message_size(message);
    struct relay_room room;
    if (relay_message_room(message, compressBound(size), &room) < 0)
        return -1;
    uLongf written = room.size;
    int result = compress(room.start, &written, data, size);
    if (result != Z_OK) {
        relay_warn("block-zlib: error %d", result);
        return -1;
    }
    relay_message_commit(message, written);
    return 0;
}

RELAY_MODULE(.name = "block-zlib", .handle = handle)
