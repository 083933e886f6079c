/* Shape: a module with a SONAME. Some build systems give every shared object one; it does not make the file
 * a library that anybody links to. */
#include <relay/module.h>

static unsigned char rotate(unsigned char byte)
{
    unsigned char lower = byte | 0x20;
    if (lower < 'a' || lower > 'z')
        return byte;
    return lower < 'n' ? byte + 13 : byte - 13;
}

static int handle(struct relay_message *message)
{
    unsigned char *data = relay_message_data(message);
    for (size_t i = 0; i < relay_message_size(message); i++)
        data[i] = rotate(data[i]);
    return 0;
}

RELAY_MODULE(.name = "block-rot13", .handle = handle)
