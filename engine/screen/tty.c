/* curses with wide characters, and kill(). */
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
/* TIOCGWINSZ. */
#define _DEFAULT_SOURCE

#include "screen/tty.h"

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* What stands alone after Escape is one, after so many milliseconds. */
#define ESCAPE_MS 25

static struct {
	SCREEN *screen;
	int tell;
	bool utf8, color;
	struct termios before, during;
} tty = { .tell = -1 };

static void tty_tell(const char *bytes, size_t length)
{
	/* The pipe has room for more than is ever said; the parent may be gone. */
	if (tty.tell >= 0 && write(tty.tell, bytes, length) < 0)
		tty.tell = -1;
}

/* A capability without the pauses that old terminals wanted: "$<5>". */
static size_t tty_capability(char *out, size_t size, const char *name)
{
	const char *text = tigetstr(name);
	size_t length = 0;

	if (!text || text == (char *)-1)
		return 0;
	while (*text && length < size) {
		const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;

		if (end)
			text = end + 1;
		else
			out[length++] = *text++;
	}
	return length;
}

/* How to leave the screen, before it is entered. */
static void tty_tell_way_out(void)
{
	static const char *const names[] = { "sgr0", "op", "rmkx", "rmcup", "cnorm" };
	char bytes[512];
	size_t length = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		length += tty_capability(bytes + length, sizeof bytes - 1 - length, names[i]);
	bytes[length++] = '\0';
	tty_tell(bytes, length);
}

static void tty_set_colors(bool color)
{
	tty.color = color && has_colors() && start_color() == OK;
	if (tty.color)
		use_default_colors();
}

bool tty_open(int tell, bool color, char *why, size_t size)
{
	const char *name = getenv("TERM");
	int found;

	tty.tell = tell;
	setlocale(LC_CTYPE, "");
	tty.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	if (tcgetattr(STDIN_FILENO, &tty.before) < 0) {
		snprintf(why, size, "it is not on a terminal");
		return false;
	}
	if (setupterm(NULL, STDOUT_FILENO, &found) == ERR || !tigetstr("cup")) {
		snprintf(why, size, "the terminal '%s' (TERM) %s", name ? name : "",
			 found == 1 ? "cannot move its cursor" : "is not known here");
		return false;
	}
	tty_tell_way_out();
	/* newterm reads its own. */
	del_curterm(cur_term);
	tty_tell((char[]){ TTY_ENTERED }, 1);
	set_escdelay(ESCAPE_MS);
	tty.screen = newterm(NULL, stdout, stdin);
	if (!tty.screen) {
		tty_tell((char[]){ TTY_LEFT }, 1);
		snprintf(why, size, "the terminal '%s' (TERM) cannot be used", name ? name : "");
		return false;
	}
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	curs_set(0);
	tty_set_colors(color);
	tcgetattr(STDIN_FILENO, &tty.during);
	return true;
}

void tty_close(void)
{
	if (!tty.screen)
		return;
	curs_set(1);
	endwin();
	tty_tell((char[]){ TTY_LEFT }, 1);
	delscreen(tty.screen);
	tty.screen = NULL;
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_lflag == b->c_lflag && a->c_iflag == b->c_iflag &&
	       a->c_oflag == b->c_oflag && !memcmp(a->c_cc, b->c_cc, sizeof a->c_cc);
}

static void tty_put(const char *text)
{
	if (text)
		putp(text);
}

void tty_close_alone(void)
{
	struct termios now;

	if (!tty.screen)
		return;
	/* In the background by now: what follows must not stop us. */
	signal(SIGTTOU, SIG_IGN);
	if (tcgetattr(STDIN_FILENO, &now) == 0 && same_modes(&now, &tty.during))
		tcsetattr(STDIN_FILENO, TCSANOW, &tty.before);
	tty_put(exit_attribute_mode);
	tty_put(keypad_local);
	tty_put(exit_ca_mode);
	tty_put(cursor_normal);
	fflush(stdout);
	delscreen(tty.screen);
	tty.screen = NULL;
}

void tty_redraw(void)
{
	endwin();
	tty_tell((char[]){ TTY_ENTERED }, 1);
	tty_resize();
	clearok(curscr, TRUE);
	curs_set(0);
	refresh();
}

void tty_stop(void)
{
	curs_set(1);
	endwin();
	tty_tell((char[]){ TTY_LEFT }, 1);
	kill(getpid(), SIGSTOP);
	tty_redraw();
}

void tty_resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

bool tty_is_utf8(void)
{
	return tty.utf8;
}

bool tty_has_color(void)
{
	return tty.color;
}

size_t tty_lines(void)
{
	return LINES > 0 ? (size_t)LINES : 0;
}

size_t tty_columns(void)
{
	return COLS > 0 ? (size_t)COLS : 0;
}

/* What terminals send for keys that their description has otherwise. */
static const struct {
	const char *sequence;
	unsigned key;
} tty_sequences[] = {
	{ "A", KEY_UP },
	{ "B", KEY_DOWN },
	{ "C", KEY_RIGHT },
	{ "D", KEY_LEFT },
	{ "H", KEY_HOME },
	{ "F", KEY_END },
	{ "1~", KEY_HOME },
	{ "7~", KEY_HOME },
	{ "4~", KEY_END },
	{ "8~", KEY_END },
	{ "5~", KEY_PPAGE },
	{ "6~", KEY_NPAGE },
};

/* Behind "Escape [" or "Escape O": its key, or one that means nothing. */
static unsigned tty_sequence(void)
{
	char text[16] = "";
	size_t length = 0;
	wint_t got;

	while (length + 1 < sizeof text && get_wch(&got) == OK && got >= 0x20 && got < 0x7f) {
		text[length++] = (char)got;
		text[length] = '\0';
		if (got >= 0x40)
			break;
	}
	for (size_t i = 0; i < sizeof tty_sequences / sizeof tty_sequences[0]; i++)
		if (!strcmp(text, tty_sequences[i].sequence))
			return TTY_KEY + tty_sequences[i].key;
	return TTY_KEY;
}

bool tty_key(unsigned *key)
{
	wint_t got, next;
	int kind = get_wch(&got);

	if (kind == ERR)
		return false;
	*key = kind == KEY_CODE_YES ? TTY_KEY + got : got;
	/* Not to be taken for Escape, which leaves. */
	if (kind == OK && got == 27 && (kind = get_wch(&next)) != ERR) {
		if (kind == OK && (next == '[' || next == 'O'))
			*key = tty_sequence();
		else if (kind == OK)
			unget_wch((wchar_t)next);
		else
			ungetch((int)next);
	}
	return true;
}
