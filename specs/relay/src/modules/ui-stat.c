/* Shape: a consumer without DT_NEEDED. ui_text_line is undefined here, and no DT_NEEDED says whose it is: the
 * host must know (lib/load.c has the table) and load ui-text first. Brings libm. */
#include <math.h>

#include <relay/module.h>

#include "text.h"

static unsigned long seen[256], total;

static int handle(struct relay_message *message)
{
    const unsigned char *data = relay_message_data(message);
    for (size_t i = 0; i < relay_message_size(message); i++)
        seen[data[i]]++;
    total += relay_message_size(message);
    return 0;
}

/* Shannon's entropy of the bytes seen: at most 8, and high for what is compressed. */
static double bits_per_byte(void)
{
    double bits = 0;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        if (seen[i])
            bits -= (double)seen[i] / (double)total * log2((double)seen[i] / (double)total);
    return bits;
}

static void stop(void)
{
    ui_text_line("entropy", "%lu bytes, %.2f bits each", total, bits_per_byte());
}

RELAY_MODULE(.name = "ui-stat", .handle = handle, .stop = stop)
