/*
 * The ranks of this machine: processes of our own, their start and their end.
 */
#define _GNU_SOURCE /* prctl */

#include "dispatch/launch_modes.h"
#include "dispatch/launch_ranks.h"
#include "dispatch/launch_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* From the TERM that one rank's end brings the others to their KILL. */
#define GRACE 5

int64_t hd_launch_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec;
}

int hd_launch_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

void hd_launch_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, signals, NULL);
}

/* --- their start --------------------------------------------------------------- */

static _Noreturn void rank_become(const struct hd_launch_crew *crew, int rank,
				  const struct hd_launch_meeting *meeting,
				  pid_t parent)
{
	struct hd_launch_seat seat = hd_launch_seat_of(crew->shape, rank);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	hd_launch_tell(crew->shape, &seat, meeting);
	_exit(hd_launch_become(crew->shape->program));
}

bool hd_launch_crew_start(struct hd_launch_crew *crew,
			  const struct hd_launch_shape *shape, int first,
			  int count, const struct hd_launch_meeting *meeting)
{
	pid_t parent = getpid();

	*crew = (struct hd_launch_crew){ .shape = shape,
					 .first = first,
					 .count = count,
					 .failed = -1 };
	crew->pids = calloc((size_t)count + 1, sizeof *crew->pids);
	for (int i = 0; i < count; i++) {
		pid_t pid = crew->pids ? fork() : -1;

		if (pid == 0)
			rank_become(crew, first + i, meeting, parent);
		if (pid < 0) {
			hd_launch_say("cannot start", shape->program[0],
				      strerror(errno));
			crew->failed = first + i;
			crew->status = 126;
			hd_launch_crew_end(crew);
			return false;
		}
		crew->pids[i] = pid;
		crew->living++;
		crew->working += first + i < shape->workers;
	}
	return true;
}

/* --- their end ------------------------------------------------------------------ */

void hd_launch_failure_say(int rank, const char *host, int status)
{
	char line[400];
	struct hd_launch_text text = { line, line + sizeof line - 1 };

	hd_launch_text_add(&text, "hdrive-launch: rank ");
	hd_launch_text_number(&text, rank);
	if (host) {
		hd_launch_text_add(&text, " on ");
		hd_launch_text_add(&text, host);
	}
	hd_launch_text_add(&text, " ended with status ");
	hd_launch_text_number(&text, status);
	if (rank != 0) {
		hd_launch_text_add(&text, ", its output is in rank-");
		hd_launch_text_number(&text, rank);
		hd_launch_text_add(&text, ".log");
	}
	hd_launch_text_add(&text, "\n");
	/* There is nobody to tell when this fails. */
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}

void hd_launch_crew_signal(const struct hd_launch_crew *crew, int signal)
{
	for (int i = 0; crew->living && i < crew->count; i++)
		if (crew->pids[i])
			kill(crew->pids[i], signal);
}

void hd_launch_crew_end(struct hd_launch_crew *crew)
{
	if (crew->ending)
		return;
	crew->ending = true;
	crew->deadline = hd_launch_seconds() + GRACE;
	hd_launch_crew_signal(crew, SIGTERM);
}

void hd_launch_crew_turn(struct hd_launch_crew *crew)
{
	if (crew->ending && hd_launch_seconds() >= crew->deadline)
		hd_launch_crew_signal(crew, SIGKILL);
}

/* Whether it is the first that failed. */
static bool rank_ended(struct hd_launch_crew *crew, int index, int status)
{
	int rank = crew->first + index;

	crew->pids[index] = 0;
	crew->living--;
	crew->working -= rank < crew->shape->workers;
	/* What we or others ended has not failed by itself. */
	if (!status || crew->failed >= 0 || crew->ending || crew->stopped)
		return false;
	crew->failed = rank;
	crew->status = status;
	return true;
}

bool hd_launch_crew_reap(struct hd_launch_crew *crew)
{
	bool failed = false;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < crew->count; i++)
			if (crew->pids[i] == pid)
				failed |= rank_ended(crew, i,
						     hd_launch_status(status));
	return failed;
}
