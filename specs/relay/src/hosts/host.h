/* What the three hosts have in common: options, and a chain of modules that every input line runs through. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

struct host {
    const char *const *families; /* of the modules it loads; ends with NULL */
    const char *settings;        /* file with its `modules` and `input`, or NULL */
    bool prints;                 /* what comes out of the chain, on stdout */
};

/* Exit status: 0; 1 if a module or message failed; 2 for wrong usage. */
int host_main(const struct host *host, int argc, char **argv);

#endif
