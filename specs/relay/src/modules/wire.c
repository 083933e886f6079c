/* Shape: a helper library that lies among the modules and is none. It has no version node and no stamp; what
 * marks its build is the release in its SONAME, which its users record as DT_NEEDED. */
#include "wire.h"

uint32_t wire_checksum(const unsigned char *data, size_t size)
{
    uint32_t low = 1, high = 0;
    for (size_t i = 0; i < size; i++) {
        low = (low + data[i]) % 65521;
        high = (high + low) % 65521;
    }
    return high << 16 | low;
}
