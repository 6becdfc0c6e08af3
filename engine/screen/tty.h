/*
 * The terminal of the screen: taken over, given back, whatever happens between.
 *
 * hdrive stays as this program's parent and gives the terminal back when this
 * one cannot. It reads from a pipe how: first the bytes that lead out of the
 * screen and a NUL, then a byte each time this program enters or leaves it.
 */
#ifndef SCREEN_TTY_H
#define SCREEN_TTY_H

#include <stdbool.h>
#include <stddef.h>

#define TTY_ENTERED '+' /* to the parent */
#define TTY_LEFT '-'

/*
 * Take the terminal over. TELL is the pipe to the parent, -1 for none. False with
 * a sentence in WHY when it cannot be used.
 */
bool tty_open(int tell, bool color, char *why, size_t size);
/* Give it back. */
void tty_close(void);
/*
 * The same when the parent is gone: whoever waited for it may have set the
 * terminal up anew by now, and keeps it.
 */
void tty_close_alone(void);
/* Until something continues this process, as Ctrl-Z is meant. */
void tty_stop(void);
/* It went on, and what the terminal shows now is anybody's guess. */
void tty_redraw(void);
/* The terminal has another size. */
void tty_resize(void);

bool tty_is_utf8(void);
bool tty_has_color(void);
size_t tty_lines(void);
size_t tty_columns(void);

/* A key: a character's point, or TTY_KEY + curses' own number; false for none. */
#define TTY_KEY 0x200000u
bool tty_key(unsigned *key);

#endif
