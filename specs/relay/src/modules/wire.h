/* librelay-wire-<version>.so: what net-tun and net-tap share. */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* Adler-32, as in RFC 1950 section 8.2. */
uint32_t wire_checksum(const unsigned char *data, size_t size);

#pragma GCC visibility pop

#endif
