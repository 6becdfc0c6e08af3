/* vfork, execvp's environment and prctl are Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_program.h"

#include "dispatch/launch_cgroup.h"
#include "dispatch/launch_modes.h"
#include "dispatch/launch_text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* It runs as well without. */
static void cgroup_forgo(struct hd_launch_program *program)
{
	close(program->cgroup);
	program->cgroup = -1;
	program->cgroup_path = "";
}

/* What the new process tells of its failure, through the shared memory. */
struct failure {
	int number; /* an errno */
	bool in_workdir;
};

struct birth {
	const struct hd_launch_program *program;
	pid_t parent;
	volatile struct failure *failure;
};

/*
 * The new process, up to its program. It may share our memory until then, and
 * ours is asleep: nothing here may allocate or write to what we read, but for
 * the failure.
 */
static void program_become(void *argument)
{
	const struct birth *birth = argument;
	const struct hd_launch_program *program = birth->program;
	volatile struct failure *failure = birth->failure;
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE };
	sigset_t none;
	int number;

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		signal(ignored[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Should we be killed, the program must not go on unseen. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != birth->parent)
		_exit(127);
	/* Before the program runs, so that who finds it running finds this. */
	hd_launch_record_state(program->folder, program->attempt, birth->parent,
			       program->start, getpid(), program->cgroup_path,
			       program->boot);
	if (chdir(program->workdir) < 0) {
		failure->number = errno;
		failure->in_workdir = true;
		_exit(127);
	}
	/* The one that engine/program/ranks.c means is where trials run. */
	if (strcmp(program->argv[0], HD_LAUNCH_NAME) == 0)
		execv("/proc/self/exe", program->argv);
	execvp(program->argv[0], program->argv);
	number = errno;
	/* A text without "#!" is the shell's: not every C library sees to it. */
	if (number == ENOEXEC && strchr(program->argv[0], '/'))
		execv(program->shell[0], program->shell);
	failure->number = number;
	_exit(127);
}

/* What a bare strerror leaves open about a program that cannot be run. */
static const char *failure_text(const struct hd_launch_program *program, int number)
{
	const char *name = program->argv[0];
	bool has_slash = strchr(name, '/') != NULL;
	struct stat stat;

	if (number == ENOENT && !has_slash)
		return "no such program in PATH";
	if (!has_slash || chdir(program->workdir) < 0 || lstat(name, &stat) < 0)
		return strerror(number);
	if (number == ENOENT && S_ISREG(stat.st_mode))
		return "the interpreter that it names is not there";
	/* Links lead to the source folder, so what they lead to counts. */
	if (number == ENOENT && access(name, F_OK) == 0)
		return "the interpreter that it names is not there";
	if (number == EACCES && open(name, O_PATH | O_DIRECTORY | O_CLOEXEC) >= 0)
		return "it is a folder";
	if (number == EACCES && access(name, X_OK) < 0)
		return "it is not executable";
	return strerror(number);
}

void hd_launch_program_fail(struct hd_launch_end *end, const char *what,
			    const char *subject, const char *why, int code)
{
	struct hd_launch_text text = { end->error,
				       end->error + sizeof end->error - 1 };

	hd_launch_text_add(&text, what);
	hd_launch_text_add(&text, " '");
	hd_launch_text_add(&text, subject);
	hd_launch_text_add(&text, "': ");
	hd_launch_text_add(&text, why);
	end->error_code = code;
}

/* Into the group, when there is one; else as quick as can be. */
static pid_t program_fork(struct hd_launch_program *program,
			  volatile struct failure *failure)
{
	struct birth birth = { program, getpid(), failure };
	pid_t pid = -1;

	if (program->cgroup >= 0) {
		pid = hd_launch_cgroup_fork(program->cgroup, program_become,
					    &birth);
		if (pid < 0)
			cgroup_forgo(program);
	}
	if (pid < 0) {
		pid = vfork();
		if (pid == 0)
			program_become(&birth);
	}
	return pid;
}

static void failure_tell(const struct hd_launch_program *program, int number,
			 bool in_workdir, struct hd_launch_end *end)
{
	if (in_workdir)
		hd_launch_program_fail(end, "cannot enter the folder",
				       program->workdir, strerror(number), 126);
	else
		hd_launch_program_fail(end, "cannot run", program->argv[0],
				       failure_text(program, number),
				       number == ENOENT ? 127 : 126);
}

/* For a child with a copy of our memory; NULL when it cannot be. */
static volatile struct failure *failure_share(void)
{
	void *shared = mmap(NULL, sizeof(struct failure),
			    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

pid_t hd_launch_program_start(struct hd_launch_program *program,
			      struct hd_launch_end *end)
{
	struct failure own = { 0, false };
	volatile struct failure *failure = NULL;
	pid_t pid;

	if (program->cgroup >= 0 && !HD_LAUNCH_CGROUP_SHARES) {
		failure = failure_share();
		if (!failure)
			cgroup_forgo(program);
	}
	if (!failure)
		failure = &own;
	pid = program_fork(program, failure);
	if (pid < 0) {
		hd_launch_program_fail(end, "cannot start", program->argv[0],
				       strerror(errno), 126);
		return 0;
	}
	end->has_run = !failure->number;
	if (end->has_run)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	failure_tell(program, failure->number, failure->in_workdir, end);
	return 0;
}
