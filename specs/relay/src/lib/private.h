/* The private interface of librelay, version node RELAY_PRIVATE_<version>: for the hosts and modules of the
 * same release only. It is not installed, and may change at every release. */
#ifndef RELAY_PRIVATE_H
#define RELAY_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <relay/module.h>

#pragma GCC visibility push(default)

/* Room for a message's new bytes. Release 1.6.1 turned the fields round: a module built for 1.6.0 would
 * take the size for an address. The node's name, which changes too, keeps it from ever trying. */
struct relay_room {
#if RELAY_VERSION_NUMBER >= 10601
    size_t size;
    unsigned char *start;
#else
    unsigned char *start;
    size_t size;
#endif
};

/* Gives room for `size` bytes beside the present ones, which stay readable. 0, or -1 when memory is short. */
int relay_message_room(struct relay_message *message, size_t size, struct relay_room *room);

/* The first `size` bytes of the room become the message. */
void relay_message_commit(struct relay_message *message, size_t size);

/* Adds a module to the registry. Stamped modules come here through their host's stamp. */
void relay_register(struct relay_module *module);

/* The registered module of this name, loaded with all it needs if it was not. NULL after a warning. */
const struct relay_module *relay_load(const char *name);

/* Visits the modules in the module directory whose family is one of `families` (which ends with NULL), by
 * name. Returns how many visits returned less than 0, or -1 after a warning if there is no directory. */
int relay_each(const char *const *families, int (*visit)(const char *name));

/* Is `name` of the form FAMILY-NAME, with one of these families? */
bool relay_family_is(const char *name, const char *const *families);

/* The value of `key` in the file `name` of the configuration directory, else in that of the data directory:
 * malloc()ed, or NULL. Such a file has "KEY = VALUE" on a line, and comments after '#'. */
char *relay_setting(const char *name, const char *key);

/* Opens the file of this name in the configuration directory, else in the data directory. NULL: see errno. */
FILE *relay_open(const char *name);

#pragma GCC visibility pop

#endif
