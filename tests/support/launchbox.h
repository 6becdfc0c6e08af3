/*
 * A launcher on a trial's folder of its own: started with or without a ticket, and
 * what it leaves. The program that includes this is to be a subreaper, so that what
 * a launcher left behind becomes its child: each test ends by asserting that it has
 * none.
 */
#ifndef TESTS_SUPPORT_LAUNCHBOX_H
#define TESTS_SUPPORT_LAUNCHBOX_H

#include "check.h"
#include "folder.h"

#include "dispatch/record.h"
#include "dispatch/record_format.h"

#include <sys/wait.h>

#define LAUNCHER TEST_BUILD "/hdrive-launch"
#define ARGS_MOST 16

struct place {
	const char *launcher;
	char folder[FOLDER_PATH];
	char work[FOLDER_PATH];
	struct hd_record record;
};

static inline int launch_setup(void **state, const char *launcher)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	place->launcher = launcher;
	folder_make(place->folder);
	snprintf(place->work, sizeof place->work, "%s",
		 folder_path(place->folder, "work"));
	assert_int_equal(mkdir(place->work, 0777), 0);
	*state = place;
	return 0;
}

static inline void assert_no_process_left(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static inline int launch_teardown(void **state)
{
	struct place *place = *state;

	assert_no_process_left();
	folder_remove(place->folder);
	free(place);
	return 0;
}

static inline void become_launcher(const struct place *place, const char *grace,
				   const char *const *argv)
{
	const char *all[ARGS_MOST + 7] = { place->launcher, place->folder, place->work,
					   grace, "1", "--" };
	int null = open("/dev/null", O_RDONLY);

	for (size_t i = 0; argv[i] && i < ARGS_MOST; i++)
		all[6 + i] = argv[i];
	dup2(null, 0);
	execv(place->launcher, (char **)(uintptr_t)all);
	_exit(99);
}

/* Start a launcher over ARGV, which ends in NULL; the ticket is not its own. */
static inline pid_t start_bare(const struct place *place, const char *grace,
			       const char *const *argv)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		become_launcher(place, grace, argv);
	return pid;
}

static inline pid_t start(const struct place *place, const char *grace,
			  const char *const *argv)
{
	folder_write(place->folder, "ticket-1", "", 0644);
	return start_bare(place, grace, argv);
}

static inline pid_t start_script(const struct place *place, const char *grace,
				 const char *script)
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	return start(place, grace, argv);
}

/* The launcher's own exit status, or 1000 and the signal that killed it. */
static inline int finish(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

static inline const struct hd_exit *finish_recorded(struct place *place, pid_t pid)
{
	struct hd_error err;

	assert_int_equal(finish(pid), 0);
	if (hd_record_read(&place->record, place->folder, &err) < 0)
		fail_msg("%s", err.text);
	return &place->record.exit;
}

static inline const struct hd_exit *run(struct place *place, const char *const *argv)
{
	return finish_recorded(place, start(place, "5", argv));
}

static inline const struct hd_exit *run_script(struct place *place, const char *script)
{
	return finish_recorded(place, start_script(place, "5", script));
}

#endif
