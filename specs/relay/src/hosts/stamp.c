/* Linked into each host that takes stamped modules. host.list makes it the executable's only export; that
 * it has the release's name is the whole check, and the dynamic loader does it. */
#include "private.h"

void RELAY_STAMP(struct relay_module *module)
{
    relay_register(module);
}
