/* Shape: public node only. Every symbol it takes from librelay is in RELAY_1.0, which each release has; only
 * the stamp ties it to its own. */
#include <stdlib.h>

#include <relay/module.h>

static int handle(struct relay_message *message)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *data = relay_message_data(message);
    size_t size = relay_message_size(message);
    char *hex = malloc(2 * size + 1);
    if (!hex)
        return -1;
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[data[i] >> 4];
        hex[2 * i + 1] = digits[data[i] & 15];
    }
    int status = relay_message_set(message, hex, 2 * size);
    free(hex);
    return status;
}

RELAY_MODULE(.name = "block-hex", .handle = handle)
