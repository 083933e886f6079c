/* Messages: the public interface of librelay, version node RELAY_1.0.
 *
 * What is declared here stays as it is: a program built with relay 1.0 runs with every later release.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include <stddef.h>

#include <relay/version.h>

#pragma GCC visibility push(default)

struct relay_message;

/* The release of the library that is loaded, which may be newer than RELAY_VERSION. */
const char *relay_version(void);

/* An empty message, or NULL when memory is short. */
struct relay_message *relay_message_new(void);
void relay_message_free(struct relay_message *message);

/* The bytes, writable in place; a NUL follows them that is not counted. Never NULL. */
unsigned char *relay_message_data(struct relay_message *message);
size_t relay_message_size(const struct relay_message *message);

/* Replaces the bytes by a copy of `data`, which may not lie in the message. 0, or -1 when memory is short. */
int relay_message_set(struct relay_message *message, const void *data, size_t size);

/* Prints "PROGRAM: warning: ..." and a newline to stderr. */
void relay_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

#pragma GCC visibility pop

#endif
