/* Shape: no stamp. It registers with librelay itself, by a symbol of the private node, so that also a host
 * that exports nothing (relaycat) can load it. */
#include <stdlib.h>

#include "private.h"

static void write_byte(FILE *out, unsigned char byte)
{
    if (byte == '"' || byte == '\\')
        fprintf(out, "\\%c", byte);
    else if (byte < ' ' || byte > '~')
        fprintf(out, "\\u%04x", byte);
    else
        fputc(byte, out);
}

/* One JSON string; bytes that are not ASCII are taken for ISO 8859-1. */
static int handle(struct relay_message *message)
{
    char *json = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&json, &size);
    if (!out)
        return -1;
    fputc('"', out);
    for (size_t i = 0; i < relay_message_size(message); i++)
        write_byte(out, relay_message_data(message)[i]);
    fputc('"', out);
    int status = fclose(out) == 0 ? relay_message_set(message, json, size) : -1;
    free(json);
    return status;
}

RELAY_MODULE_BY(relay_register, .name = "fmt-json", .handle = handle)
