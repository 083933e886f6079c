/* A message: bytes, and room beside them in which a module may make the next ones. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct buffer {
    unsigned char *start;
    size_t size, capacity;
};

struct relay_message {
    struct buffer now, next;
};

/* One byte more than `size`, for the NUL. */
static int reserve(struct buffer *buffer, size_t size)
{
    if (size < buffer->capacity)
        return 0;
    unsigned char *start = size < SIZE_MAX ? realloc(buffer->start, size + 1) : NULL;
    if (!start)
        return -1;
    buffer->start = start;
    buffer->capacity = size + 1;
    return 0;
}

static void end(struct buffer *buffer, size_t size)
{
    buffer->size = size;
    buffer->start[size] = '\0';
}

const char *relay_version(void)
{
    return RELAY_VERSION;
}

struct relay_message *relay_message_new(void)
{
    struct relay_message *message = calloc(1, sizeof *message);
    if (message && relay_message_set(message, "", 0) < 0) {
        free(message);
        return NULL;
    }
    return message;
}

void relay_message_free(struct relay_message *message)
{
    if (!message)
        return;
    free(message->now.start);
    free(message->next.start);
    free(message);
}

unsigned char *relay_message_data(struct relay_message *message)
{
    return message->now.start;
}

size_t relay_message_size(const struct relay_message *message)
{
    return message->now.size;
}

int relay_message_set(struct relay_message *message, const void *data, size_t size)
{
    if (reserve(&message->now, size) < 0)
        return -1;
    memcpy(message->now.start, data, size);
    end(&message->now, size);
    return 0;
}

int relay_message_room(struct relay_message *message, size_t size, struct relay_room *room)
{
    if (reserve(&message->next, size) < 0)
        return -1;
    *room = (struct relay_room){.start = message->next.start, .size = size};
    return 0;
}

void relay_message_commit(struct relay_message *message, size_t size)
{
    struct buffer old = message->now;
    message->now = message->next;
    message->next = old;
    end(&message->now, size);
}
