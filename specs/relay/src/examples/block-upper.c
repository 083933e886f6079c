/* A module of your own, built against the installed headers: see the Makefile beside this file. */
#include <ctype.h>

#include <relay/module.h>

static int handle(struct relay_message *message)
{
    unsigned char *data = relay_message_data(message);
    for (size_t i = 0; i < relay_message_size(message); i++)
        data[i] = (unsigned char)toupper(data[i]);
    return 0;
}

RELAY_MODULE(.name = "block-upper", .handle = handle)
