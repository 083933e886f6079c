#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "private.h"

void relay_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout); /* so that both streams keep their order in one log */
    fprintf(stderr, "%s: warning: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}
