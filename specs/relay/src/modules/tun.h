/* What net-tun does for net-tap. */
#ifndef TUN_H
#define TUN_H

#include <relay/relay.h>

#pragma GCC visibility push(default)

/* Prints "PREFIX SIZE CHECKSUM DATA" on stdout. 0, or -1 after a warning. */
int tun_write(const char *prefix, struct relay_message *message);

#pragma GCC visibility pop

#endif
