/* What ui-text does for other ui modules. */
#ifndef TEXT_H
#define TEXT_H

#pragma GCC visibility push(default)

/* Prints "LABEL: ..." on stderr. */
void ui_text_line(const char *label, const char *format, ...) __attribute__((format(printf, 2, 3)));

#pragma GCC visibility pop

#endif
