/* The registry, and how modules get into it. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"
#include "private.h"

/* What must be known of a module before it is loaded, so it can't be said in the module itself: dlopen()
 * resolves all symbols before any code or data of the module may be looked at. A module that is not in this
 * table needs nothing and shows its symbols to nobody. */
static const struct modinfo {
    const char *name;
    const char *needs; /* load this one first */
    bool exports;      /* others use its symbols: RTLD_GLOBAL instead of RTLD_LOCAL */
} modinfo[] = {
    {.name = "ui-stat", .needs = "ui-text"},
    {.name = "ui-text", .exports = true},
};

static struct relay_module *registry;

void relay_register(struct relay_module *module)
{
    module->next = registry;
    registry = module;
}

static const struct relay_module *registered(const char *name)
{
    const struct relay_module *module = registry;
    while (module && strcmp(module->name, name))
        module = module->next;
    return module;
}

static const struct modinfo *modinfo_of(const char *name)
{
    static const struct modinfo nothing;
    for (size_t i = 0; i < sizeof modinfo / sizeof *modinfo; i++)
        if (!strcmp(modinfo[i].name, name))
            return &modinfo[i];
    return &nothing;
}

static const char *module_dir(void)
{
    const char *directory = secure_getenv("RELAY_MODULE_DIR");
    return directory ? directory : RELAY_MODULE_DIR;
}

static void *open_module(const char *name, int scope)
{
    char *path;
    if (asprintf(&path, "%s/%s.so", module_dir(), name) < 0)
        return NULL;
    void *handle = dlopen(path, RTLD_NOW | scope);
    if (!handle)
        relay_warn("%s: %s", name, dlerror());
    free(path);
    return handle;
}

const struct relay_module *relay_load(const char *name)
{
    const struct relay_module *module = registered(name);
    if (module)
        return module;
    const struct modinfo *info = modinfo_of(name);
    if (info->needs && !relay_load(info->needs)) {
        relay_warn("%s: needs %s", name, info->needs);
        return NULL;
    }
    if (!open_module(name, info->exports ? RTLD_GLOBAL : RTLD_LOCAL))
        return NULL;
    module = registered(name);
    if (!module)
        relay_warn("%s: registers no module of this name", name);
    return module;
}

bool relay_family_is(const char *name, const char *const *families)
{
    for (; *families; families++) {
        size_t length = strlen(*families);
        if (!strncmp(name, *families, length) && name[length] == '-' && !strchr(name, '/'))
            return true;
    }
    return false;
}

/* "block-raw.so" to "block-raw", in place; false for other names, such as "net-tun.so.1". */
static bool cut_suffix(char *file)
{
    size_t length = strlen(file);
    if (length <= 3 || strcmp(file + length - 3, ".so"))
        return false;
    file[length - 3] = '\0';
    return true;
}

int relay_each(const char *const *families, int (*visit)(const char *name))
{
    struct dirent **entries;
    int found = scandir(module_dir(), &entries, NULL, alphasort), failed = 0;
    if (found < 0) {
        relay_warn("%s: %s", module_dir(), strerror(errno));
        return -1;
    }
    for (int i = 0; i < found; i++) {
        char *name = entries[i]->d_name;
        if (cut_suffix(name) && relay_family_is(name, families) && visit(name) < 0)
            failed++;
        free(entries[i]);
    }
    free(entries);
    return failed;
}
