/* What a loadable module says of itself, and how it tells its host.
 *
 *     static int handle(struct relay_message *message) { ... }
 *     RELAY_MODULE(.name = "block-raw", .handle = handle)
 */
#ifndef RELAY_MODULE_H
#define RELAY_MODULE_H

#include <relay/relay.h>

struct relay_module {
    const char *name;                             /* the file's, without ".so": FAMILY-NAME */
    int (*start)(void);                           /* once before the first message; may be NULL; 0 or -1 */
    int (*handle)(struct relay_message *message); /* each message; 0, or -1 to drop it after a warning */
    void (*stop)(void);                           /* once after the last message; may be NULL */
    struct relay_module *next;                    /* the registry's; leave it alone */
};

/* Exported by the host's executable, undefined in the module: a host of another release has no symbol of
 * this name, so the dynamic loader itself refuses the module. */
__attribute__((visibility("default"))) void RELAY_STAMP(struct relay_module *module);

/* Registers the module from a constructor, which runs before dlopen() returns. */
#define RELAY_MODULE_BY(register_function, ...)                          \
    static struct relay_module relay_this_module = {__VA_ARGS__};        \
    __attribute__((constructor)) static void relay_module_init(void)     \
    {                                                                    \
        register_function(&relay_this_module);                           \
    }

#define RELAY_MODULE(...) RELAY_MODULE_BY(RELAY_STAMP, __VA_ARGS__)

#endif
