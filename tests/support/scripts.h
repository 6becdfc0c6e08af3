/*
 * A folder of scripts as a test program: one test per script, run with sh in a
 * folder of its own, the build's hdrive first in PATH. Status 0 is success, 77
 * skipped. No process that carries the test's mark in its environment may be
 * left afterwards.
 */
#ifndef HD_TEST_SCRIPTS_H
#define HD_TEST_SCRIPTS_H

/* nftw, mkdtemp and setenv want more than plain POSIX here. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The Makefile says where; these are for who compiles the header alone. */
#ifndef TEST_ROOT
#define TEST_ROOT "."
#endif
#ifndef TEST_BUILD
#define TEST_BUILD "build/release"
#endif

#define SCRIPT_SECONDS 120 /* for a script, or $TEST_SECONDS */
#define LEFT_SECONDS 10    /* for what is ending already */
#define MARK "HDRIVE_TEST_MARK"

static void pause_briefly(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	nanosleep(&pause, NULL);
}

static int remove_one(const char *path, const struct stat *info, int kind,
		      struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

static void make_folder(const char *base, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", base, name);
	assert_return_code(mkdir(path, 0755), errno);
}

static void set_path(const char *name, const char *base, const char *tail)
{
	char path[512];

	snprintf(path, sizeof path, "%s%s", base, tail);
	setenv(name, path, 1);
}

/* Who runs the tests may ignore some (nohup does), which no shell takes back. */
static void signals_reset(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM };

	for (size_t i = 0; i < ROWS(signals); i++)
		signal(signals[i], SIG_DFL);
}

/* In the child: the script's world. Does not come back. */
static void script_exec(const char *script, const char *base)
{
	static const char *const ours[] = {
		"HDRIVE_DB",
		"HDRIVE_DIR",
		"HDRIVE_METRICS",
		"HDRIVE_LAUNCHER",
		"NO_COLOR",
	};
	const char *path = getenv("PATH");
	char log[512];
	char search[8192];
	int fd;

	setpgid(0, 0);
	signals_reset();
	snprintf(log, sizeof log, "%s/log", base);
	snprintf(search, sizeof search, "%s:%s", TEST_BUILD, path ? path : "/usr/bin:/bin");
	for (size_t i = 0; i < ROWS(ours); i++)
		unsetenv(ours[i]);
	setenv("PATH", search, 1);
	setenv("TEST_ROOT", TEST_ROOT, 1);
	setenv("TEST_BUILD", TEST_BUILD, 1);
	setenv(MARK, base, 1);
	setenv("TERM", "dumb", 1);
	/* A status that no command has, so that no script takes a leak for
	 * the error it waits for. */
	setenv("ASAN_OPTIONS", "exitcode=86", 0);
	setenv("UBSAN_OPTIONS", "exitcode=86", 0);
	set_path("HOME", base, "/home");
	set_path("TMPDIR", base, "/tmp");
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	snprintf(log, sizeof log, "%s/work", base);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || chdir(log) < 0)
		_exit(126);
	close(fd);
	execl("/bin/sh", "sh", script, (char *)NULL);
	_exit(127);
}

/* The script's wait status; one that is too slow is killed with its group. */
static int script_wait(pid_t pid)
{
	const char *given = getenv("TEST_SECONDS");
	int most = given ? atoi(given) : SCRIPT_SECONDS;
	time_t end = time(NULL) + most;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (time(NULL) >= end) {
			print_error("not done after %d s\n", most);
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			break;
		}
		pause_briefly();
	}
	return status;
}

static bool carries_mark(const char *pid, const char *base)
{
	static char text[1 << 17];
	char path[300];
	char mark[512];
	size_t length;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%s/environ", pid);
	snprintf(mark, sizeof mark, MARK "=%s", base);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	return memmem(text, length, mark, strlen(mark) + 1) != NULL;
}

/* How many processes of the test live; KILLING ends each of them. */
static size_t script_left(const char *base, bool killing)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	size_t left = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name) ||
		    !carries_mark(entry->d_name, base))
			continue;
		left++;
		if (killing) {
			print_error("left behind: process %s\n", entry->d_name);
			kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
		}
	}
	closedir(folder);
	return left;
}

static void print_log(const char *base)
{
	char path[512];
	char line[1024];
	FILE *file;

	snprintf(path, sizeof path, "%s/log", base);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof line, file))
		print_error("%s", line);
	if (file)
		fclose(file);
}

static void run_script(void **state)
{
	const char *temporary = getenv("TMPDIR");
	char base[256];
	time_t end;
	size_t left;
	int status;
	pid_t pid;

	snprintf(base, sizeof base, "%s/hdrive-cli-XXXXXX", temporary ? temporary : "/tmp");
	assert_non_null(mkdtemp(base));
	make_folder(base, "work");
	make_folder(base, "home");
	make_folder(base, "tmp");
	pid = fork();
	assert_return_code(pid, errno);
	if (pid == 0)
		script_exec(*state, base);
	status = script_wait(pid);
	for (end = time(NULL) + LEFT_SECONDS;
	     (left = script_left(base, false)) > 0 && time(NULL) < end;)
		pause_briefly();
	if (left > 0)
		script_left(base, true);
	if (status != 0 || left > 0)
		print_log(base);
	nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
	assert_int_equal(left, 0);
}

static bool scripts_has(const char *name, const char *prefix)
{
	size_t length = strlen(name);

	return length > 3 && !strcmp(name + length - 3, ".sh") &&
	       !strncmp(name, prefix, strlen(prefix));
}

/* The test's name is the script's, its state the script's path. */
static void script_row(struct CMUnitTest *row, const char *place,
		       const char *name)
{
	char path[1024];

	snprintf(path, sizeof path, TEST_ROOT "/tests/%s/%s", place, name);
	*row = (struct CMUnitTest){
		.name = strndup(name, strlen(name) - 3),
		.test_func = run_script,
		.initial_state = strdup(path),
	};
}

/*
 * The one that was asked for by its name; without a name, as with SCRIPT=word,
 * all that have the word in theirs.
 */
static bool script_is_wanted(const char *script, const char *name)
{
	const char *word = getenv("SCRIPT");

	if (name)
		return !strncmp(script, name, strlen(name)) &&
		       !strcmp(script + strlen(name), ".sh");
	return !word || strstr(script, word);
}

static int scripts_run(const char *place, struct CMUnitTest *tests, size_t count,
		       const char *name)
{
	int failed;

	if (name && count == 0) {
		print_error("no script '%s.sh' in tests/%s\n", name, place);
		return 1;
	}
	failed = _cmocka_run_group_tests(place, tests, count, NULL, NULL);
	for (size_t i = 0; i < count; i++) {
		free((char *)tests[i].name);
		free(tests[i].initial_state);
	}
	return failed;
}

/*
 * Of tests/PLACE the scripts that begin with PREFIX; argv[1], when it is there,
 * names one of them without its end. The program's status.
 */
static int scripts_main(const char *place, const char *prefix, int argc,
			char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	struct dirent **scripts = NULL;
	struct CMUnitTest *tests;
	char folder[512];
	size_t used = 0;
	int count, failed;

	snprintf(folder, sizeof folder, TEST_ROOT "/tests/%s", place);
	count = scandir(folder, &scripts, NULL, alphasort);
	if (count <= 0)
		return 1;
	tests = calloc((size_t)count, sizeof *tests);
	if (!tests)
		return 1;
	for (int i = 0; i < count; i++) {
		if (scripts_has(scripts[i]->d_name, prefix) &&
		    script_is_wanted(scripts[i]->d_name, name))
			script_row(&tests[used++], place, scripts[i]->d_name);
		free(scripts[i]);
	}
	free(scripts);
	failed = scripts_run(place, tests, used, name);
	free(tests);
	return failed;
}

#endif
