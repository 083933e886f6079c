/* Shape: an exporter. librelay loads it with RTLD_GLOBAL, so modules that are loaded later can use its
 * symbols. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

#include <relay/module.h>

static unsigned long count;

void ui_text_line(const char *label, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", label);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static int start(void)
{
    count = 0;
    return 0;
}

static int handle(struct relay_message *message)
{
    ui_text_line("message", "%lu, %zu bytes", ++count, relay_message_size(message));
    return 0;
}

RELAY_MODULE(.name = "ui-text", .start = start, .handle = handle)
