/*
 * Slurm's commands, for tests: by the name it is called by, and as a step.
 *
 * sbatch, squeue and the others ask the made-up controller (ctld.py) through the
 * socket beside $SLURM_CONF, and print and end as it answers. Words, folder and
 * variables go there, and stdin when it wants that. Where nobody listens, they
 * wait $FAKE_SLURM_WAIT milliseconds (9000, as Slurm's do) and say so.
 *
 * step END OUT ERR MODE FOLDER PROGRAM ARG...: PROGRAM as a job's batch process,
 * END gets "CODE SIGNAL" when it has ended and nothing of it runs any more.
 */
/* prctl's subreaper, and syscalls by name. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* --- a step ------------------------------------------------------------------------ */

static void end_write(const char *path, int code, int sig)
{
	char draft[4096];
	FILE *file;

	snprintf(draft, sizeof draft, "%s.draft", path);
	file = fopen(draft, "we");
	if (!file)
		return;
	fprintf(file, "%d %d\n", code, sig);
	fclose(file);
	(void)rename(draft, path);
}

/* Slurm's code of what could not be begun. */
#define LAUNCH_FAILED 53

static int step_open(const char *path, const char *mode)
{
	return open(path, O_WRONLY | O_CREAT | (*mode == 'a' ? O_APPEND : O_TRUNC), 0644);
}

static void step_kill_rest(void)
{
	char path[64];
	char text[4096];
	FILE *file;
	size_t length;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	for (int turns = 0; turns < 1000; turns++) {
		file = fopen(path, "re");
		length = file ? fread(text, 1, sizeof text - 1, file) : 0;
		text[length] = '\0';
		if (file)
			fclose(file);
		for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
			kill((pid_t)strtol(word, NULL, 10), SIGKILL);
		while (waitpid(-1, NULL, 0) > 0)
			;
		if (length == 0)
			return;
	}
}

static int step(char **words)
{
	const char *end = words[0];
	int status = 0, out, err;
	pid_t pid, gone;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	out = step_open(words[1], words[3]);
	err = strcmp(words[1], words[2]) ? step_open(words[2], words[3]) : dup(out);
	if (out < 0 || err < 0 || chdir(words[4]) < 0) {
		end_write(end, 0, LAUNCH_FAILED);
		return 0;
	}
	dup2(out, 1);
	dup2(err, 2);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		execv(words[5], words + 5);
		_exit(errno == ENOENT ? 127 : 126);
	}
	do
		gone = waitpid(-1, &status, 0);
	while (gone != pid && (gone > 0 || errno == EINTR));
	step_kill_rest();
	end_write(end, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
		  WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return 0;
}

/* --- a command --------------------------------------------------------------------- */

static int unreachable(const char *name)
{
	const char *text = getenv("FAKE_SLURM_WAIT");
	long wait = text ? strtol(text, NULL, 10) : 9000;
	const struct timespec pause = { wait / 1000, wait % 1000 * 1000000 };

	nanosleep(&pause, NULL);
	if (!strcmp(name, "sbatch"))
		fprintf(stderr, "sbatch: error: Batch job submission failed: Unable to "
				"contact slurm controller (connect failure)\n");
	else
		fprintf(stderr, "slurm_load_jobs error: Unable to contact slurm "
				"controller (connect failure)\n");
	return 1;
}

static int reach(void)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	const char *conf = getenv("SLURM_CONF");
	const char *slash = conf ? strrchr(conf, '/') : NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!slash || fd < 0)
		return -1;
	snprintf(where.sun_path, sizeof where.sun_path, "%.*s/run/socket",
		 (int)(slash - conf), conf);
	if (connect(fd, (struct sockaddr *)&where, sizeof where) == 0)
		return fd;
	close(fd);
	return -1;
}

/* How many, and each with its NUL. */
static void strings_write(FILE *to, char **strings)
{
	size_t count = 0;

	while (strings[count])
		count++;
	fprintf(to, "%zu\n", count);
	for (; *strings; strings++)
		fwrite(*strings, 1, strlen(*strings) + 1, to);
}

static void copy(FILE *from, FILE *to, long length)
{
	char text[65536];
	size_t got;

	while (length != 0 && (got = fread(text, 1,
					   length > 0 && length < (long)sizeof text
						   ? (size_t)length
						   : sizeof text,
					   from)) > 0) {
		fwrite(text, 1, got, to);
		length -= length > 0 ? (long)got : 0;
	}
}

/* Its answer: "input", to which stdin is due, then "STATUS OUT ERR" and as many
 * bytes of each. */
static int answer(const char *name, int fd, FILE *from, FILE *to)
{
	char line[128];
	int status;
	long out, err;

	if (!fgets(line, sizeof line, from))
		return unreachable(name);
	if (!strcmp(line, "input\n")) {
		copy(stdin, to, -1);
		fflush(to);
		shutdown(fd, SHUT_WR);
		if (!fgets(line, sizeof line, from))
			return unreachable(name);
	}
	if (sscanf(line, "%d %ld %ld", &status, &out, &err) != 3)
		return unreachable(name);
	copy(from, stdout, out);
	copy(from, stderr, err);
	fflush(stdout);
	return status;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	char *name = slash ? (char *)slash + 1 : argv[0];
	char folder[4096];
	char *place[] = { folder, NULL };
	struct timespec began;
	FILE *from, *to;
	int fd;

	(void)argc;
	clock_gettime(CLOCK_MONOTONIC, &began);
	if (!strcmp(name, "step"))
		return step(argv + 1);
	signal(SIGPIPE, SIG_IGN);
	if (!getcwd(folder, sizeof folder))
		strcpy(folder, "/");
	fd = reach();
	if (fd < 0)
		return unreachable(name);
	from = fdopen(fd, "r");
	to = fdopen(dup(fd), "w");
	argv[0] = name;
	/* Of the steady clock; it may be a while until it is read. */
	fprintf(to, "%lld.%09ld\n", (long long)began.tv_sec, began.tv_nsec);
	strings_write(to, argv);
	strings_write(to, place);
	strings_write(to, environ);
	fflush(to);
	return answer(name, fd, from, to);
}
