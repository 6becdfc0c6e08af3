/*
 * hdrive-watch STORE SWEEP INTERVAL COLOR PIPE PARENT: what "hdrive watch" runs
 * and waits for. SWEEP "" is the latest; INTERVAL is in milliseconds; COLOR is 0
 * or 1; PIPE is a descriptor (tty.h); PARENT is the process that waits, without
 * which nobody would give the terminal back.
 *
 * A program of its own: hdrive would load curses at every start.
 */
#define _GNU_SOURCE /* signalfd, prctl */

#include "screen/app.h"
#include "screen/draw.h"
#include "screen/tty.h"

#include "base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_NO_TERMINAL = 2,
       EXIT_NO_SWEEP = 3,
       EXIT_SIGNAL = 128 };
/* While something runs its time is shown, in seconds. */
#define TICK_MS 1000
/* What comes with a terminal's end is awaited so long. */
#define HANGUP_MS 1000

struct watch {
	struct app app;
	int signals;
	int interval; /* milliseconds between two looks */
	pid_t parent;
	int signal;               /* that ends it, 0 so far */
	int64_t look_at, tick_at; /* when next, on the steady clock */
	bool alone;               /* the parent is gone */
	bool changed;
};

static void watch_signal(struct watch *watch, int number)
{
	switch (number) {
	case SIGWINCH:
		tty_resize();
		break;
	case SIGTSTP:
		tty_stop();
		break;
	case SIGCONT:
		tty_redraw();
		break;
	default:
		watch->signal = number;
	}
	watch->changed = true;
}

static void watch_signals(struct watch *watch)
{
	struct signalfd_siginfo info;

	while (read(watch->signals, &info, sizeof info) == sizeof info)
		watch_signal(watch, (int)info.ssi_signo);
	watch->alone = getppid() != watch->parent;
}

static int signals_open(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
				       SIGTSTP, SIGCONT, SIGWINCH };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int left_ms(int64_t at)
{
	int64_t left = at - hd_time_steady();

	return left > 0 ? (int)(left / 1000) + 1 : 0;
}

static void watch_look(struct watch *watch)
{
	int64_t now = hd_time_steady();

	if (now >= watch->look_at) {
		watch->changed |= app_look(&watch->app);
		watch->look_at = hd_time_steady() + watch->interval * INT64_C(1000);
	}
	if (now >= watch->tick_at) {
		watch->changed |= app_ticks(&watch->app);
		watch->tick_at = now + TICK_MS * INT64_C(1000);
	}
}

/* HUP and, right behind it, CONT come when the shell has gone as well. A CONT in the
 * middle of our end would set off for good what a sanitizer stops to look for leaks. */
static void hangup_await(struct pollfd *signals)
{
	if (poll(signals, 1, HANGUP_MS) > 0)
		poll(NULL, 0, 10);
}

static int watch_run(struct watch *watch)
{
	struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
				{ watch->signals, POLLIN, 0 },
				{ watch->app.act.fds[0], POLLIN, 0 } };

	watch->changed = true;
	while (!watch->app.over && !watch->signal && !watch->alone) {
		unsigned key;

		if (watch->changed)
			app_draw(&watch->app);
		watch->changed = false;
		if (poll(fds, 3, left_ms(watch->look_at)) < 0 && errno != EINTR)
			return 1;
		watch_signals(watch);
		if (fds[2].revents & POLLIN) {
			app_done(&watch->app);
			watch->look_at = 0;
			watch->changed = true;
		}
		/* The terminal is gone, and with it who looked at it. */
		if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			hangup_await(&fds[1]);
			return EXIT_SIGNAL + SIGHUP;
		}
		while (fds[0].revents && !watch->app.over && tty_key(&key)) {
			app_key(&watch->app, key);
			watch->changed = true;
		}
		watch_look(watch);
	}
	return watch->signal ? EXIT_SIGNAL + watch->signal : watch->alone ? EXIT_SIGNAL + SIGHUP
									  : 0;
}

static int watch_open(struct watch *watch, char **argv)
{
	struct hd_error err = { 0 };
	char why[256];
	int rc;

	watch->interval = atoi(argv[3]);
	watch->parent = (pid_t)atol(argv[6]);
	watch->signals = signals_open();
	/* Before the first look at who the parent is: it may be gone by now. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	watch->alone = getppid() != watch->parent;
	rc = app_open(&watch->app, argv[1], argv[2], &err);
	if (rc < 0) {
		fprintf(stderr, "hdrive: %s\n", err.text);
		return rc == HD_ENOENT ? EXIT_NO_SWEEP : 1;
	}
	if (!tty_open(atoi(argv[5]), atoi(argv[4]) != 0, why, sizeof why)) {
		fprintf(stderr, "hdrive: watch: %s\n", why);
		return EXIT_NO_TERMINAL;
	}
	draw_open();
	watch->look_at = hd_time_steady() + watch->interval * INT64_C(1000);
	return 0;
}

int main(int argc, char **argv)
{
	/* A thread that still asks an engine may outlive main. */
	static struct watch watch;
	int code;

	if (argc != 7) {
		fprintf(stderr, "usage: hdrive-watch STORE SWEEP INTERVAL COLOR PIPE PARENT\n"
				"hdrive watch starts it.\n");
		return 64;
	}
	fcntl(atoi(argv[5]), F_SETFD, FD_CLOEXEC);
	code = watch_open(&watch, argv);
	if (code == 0) {
		code = watch_run(&watch);
		if (watch.alone)
			tty_close_alone();
		else
			tty_close();
	}
	app_close(&watch.app);
	return code;
}
