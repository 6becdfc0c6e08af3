/* Which keys there are. */
#include "screen/app.h"

#include "screen/draw.h"
#include "screen/tty.h"

static const struct {
	const char *keys;
	const char *what;
} help_rows[] = {
	{ "", "move" },
	{ "Up Down  k j", "one further; from the list's head up to what runs" },
	{ "PgUp PgDn Space", "a page" },
	{ "Home End  g G", "the first, the last" },
	{ "Enter", "open a trial, or a sweep" },
	{ "Esc  q", "back; q leaves a sweep's screen for good" },
	{ "l", "the list of sweeps" },
	{ "", "the list of trials" },
	{ "s", "sort by number, value, state or time" },
	{ "r", "the other way round" },
	{ "f", "all, those that run, those that failed" },
	{ "/", "search: a number, a state, parameters, why it ended" },
	{ "", "act" },
	{ "c", "cancel the trial that is chosen; asks" },
	{ "C", "cancel the sweep; asks" },
	{ "p", "hold: no new trials start; and let it go on" },
	{ "+ -", "one more, or one fewer, at a time" },
	{ "R", "another attempt of a failed trial" },
};

void view_help_draw(void)
{
	size_t columns = tty_columns(), lines = tty_lines(), y = 1;

	draw_sign(0, 0, columns, DRAW_TITLE, " ");
	draw_text(0, 1, columns - 1, DRAW_TITLE, "keys");
	for (size_t i = 0; i < sizeof help_rows / sizeof help_rows[0] && y + 1 < lines; i++) {
		if (!*help_rows[i].keys) {
			draw_text(y++, 1, columns - 1, DRAW_HEAD, help_rows[i].what);
			continue;
		}
		draw_text(y, 3, 17, DRAW_STRONG, help_rows[i].keys);
		draw_text(y++, 20, columns - 20, DRAW_PLAIN, help_rows[i].what);
	}
	draw_text(lines - 1, 0, columns, DRAW_DIM, " any key goes back");
}
