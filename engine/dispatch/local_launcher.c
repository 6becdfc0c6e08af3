/*
 * Launchers that are watched, and those that wait for another attempt
 * (launch_next.h).
 */

/* pidfds are Linux's. */
#define _GNU_SOURCE

#include "dispatch/local.h"

#include "dispatch/proctree.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- one that is watched -------------------------------------------------- */

static void on_launcher_closed(uv_handle_t *handle)
{
	struct hd_local_launcher *launcher = handle->data;
	struct hd_local *local = launcher->local;

	if (--launcher->handles)
		return;
	free(launcher);
	hd_local_unref(local);
}

/* Its descriptors close now, its memory goes with the last handle. */
static void launcher_close(struct hd_local_launcher *launcher)
{
	if (launcher->attempt)
		launcher->attempt->launcher = NULL;
	launcher->attempt = NULL;
	uv_close((uv_handle_t *)&launcher->process, on_launcher_closed);
	close(launcher->pidfd);
	if (launcher->channel < 0)
		return;
	uv_close((uv_handle_t *)&launcher->news, on_launcher_closed);
	close(launcher->channel);
}

void hd_local_launcher_leave(struct hd_local_attempt *attempt)
{
	if (attempt->launcher)
		launcher_close(attempt->launcher);
}

static void idle_remove(struct hd_local_launcher *launcher)
{
	struct hd_local_launcher **link = &launcher->local->idle;

	while (*link && *link != launcher)
		link = &(*link)->next;
	if (*link)
		*link = launcher->next;
}

/* Whether it has ended, and how; collects it when it is our child. */
static bool launcher_has_ended(const struct hd_local_launcher *launcher,
			       siginfo_t *info)
{
	int rc;

	*info = (siginfo_t){ 0 };
	do
		rc = waitid(P_PIDFD, (id_t)launcher->pidfd, info,
			    WEXITED | WNOHANG);
	while (rc < 0 && errno == EINTR);
	/* An earlier engine's: the descriptor alone tells. */
	return rc < 0 || info->si_pid != 0;
}

static void on_process(uv_poll_t *process, int status, int events)
{
	struct hd_local_launcher *launcher = process->data;
	struct hd_local_attempt *attempt = launcher->attempt;
	siginfo_t info;

	(void)status;
	(void)events;
	if (!launcher_has_ended(launcher, &info))
		return;
	if (!attempt)
		idle_remove(launcher);
	launcher_close(launcher);
	if (attempt)
		hd_local_attempt_exited(attempt, info.si_pid ? info.si_code : 0,
					info.si_status);
}

static void process_discard(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* End one that has nothing to run. It has a channel, so it is our child. */
static void launcher_discard(struct hd_local_launcher *launcher)
{
	process_discard(launcher->pid);
	launcher_close(launcher);
}

/* The attempt's record is there, and the launcher waits for another. */
static void on_news(uv_poll_t *news, int status, int events)
{
	struct hd_local_launcher *launcher = news->data;
	struct hd_local_attempt *attempt = launcher->attempt;
	char word;

	(void)status;
	(void)events;
	if (recv(launcher->channel, &word, 1, MSG_DONTWAIT) != 1 || !attempt) {
		uv_poll_stop(news); /* its end comes by the other descriptor */
		return;
	}
	launcher->attempt = NULL;
	attempt->launcher = NULL;
	if (attempt->stopped) {
		/* The signal may come when it runs another. */
		launcher_discard(launcher);
	} else {
		launcher->next = launcher->local->idle;
		launcher->local->idle = launcher;
	}
	hd_local_attempt_exited(attempt, CLD_EXITED, 0);
}

static int poll_start(struct hd_local_launcher *launcher, uv_poll_t *poll, int fd,
		      uv_poll_cb heard)
{
	int rc = uv_poll_init(launcher->local->host.loop, poll, fd);

	if (rc < 0)
		return -rc;
	poll->data = launcher;
	launcher->handles++;
	/* It fails for a handle that is closing alone. */
	uv_poll_start(poll, UV_READABLE, heard);
	return 0;
}

/* Without the channel it serves one attempt. */
static void channel_open(struct hd_local_launcher *launcher, int channel)
{
	if (channel < 0)
		return;
	if (poll_start(launcher, &launcher->news, channel, on_news) == 0)
		launcher->channel = channel;
	else
		close(channel);
}

int hd_local_launcher_watch(struct hd_local_attempt *attempt, pid_t pid,
			    int pidfd, int channel)
{
	struct hd_local_launcher *launcher = calloc(1, sizeof *launcher);
	int rc = launcher ? 0 : ENOMEM;

	if (launcher) {
		*launcher = (struct hd_local_launcher){
			.local = attempt->local,
			.pid = pid,
			.start = hd_proctree_start(pid),
			.pidfd = pidfd,
			.channel = -1,
		};
		rc = poll_start(launcher, &launcher->process, pidfd, on_process);
	}
	if (rc) {
		free(launcher);
		close(pidfd);
		if (channel >= 0)
			close(channel);
		return rc;
	}
	attempt->local->open++;
	launcher->attempt = attempt;
	attempt->launcher = launcher;
	attempt->pid = pid;
	channel_open(launcher, channel);
	return 0;
}

/* --- starting ------------------------------------------------------------- */

/*
 * The ends of a channel, OURS first; -1 where there is none. Half of the
 * descriptors are left to what cannot do without.
 */
static void channel_make(int ends[2])
{
	struct rlimit limit;
	int rc = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);

	if (rc == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    (rlim_t)ends[1] < limit.rlim_cur / 2)
		return;
	for (int i = 0; i < 2 && rc == 0; i++)
		close(ends[i]);
	ends[0] = ends[1] = -1;
}

static int launcher_new(struct hd_local_attempt *attempt,
			const struct hd_launch *launch)
{
	struct hd_local *local = attempt->local;
	int ends[2], pidfd, rc;
	pid_t pid;

	channel_make(ends);
	/* With its descriptor or not at all. */
	rc = hd_spawn_launcher(&pid, &pidfd, &local->spawn, ends[1],
			       attempt->cgroup, launch);
	if (ends[1] >= 0)
		close(ends[1]);
	if (rc) {
		if (ends[0] >= 0)
			close(ends[0]);
		return rc;
	}
	rc = hd_local_launcher_watch(attempt, pid, pidfd, ends[0]);
	if (rc) /* it takes its program along */
		process_discard(pid);
	return rc;
}

/* Whether one that waits has taken it. */
static bool launcher_again(struct hd_local_attempt *attempt,
			   const struct hd_launch *launch)
{
	struct hd_local *local = attempt->local;
	struct hd_local_launcher *launcher = local->idle;

	if (!launcher)
		return false;
	local->idle = launcher->next;
	if (!hd_spawn_again(launcher->channel, &local->spawn, attempt->cgroup,
			    launch)) {
		launcher_discard(launcher);
		return false;
	}
	launcher->attempt = attempt;
	attempt->launcher = launcher;
	attempt->pid = launcher->pid;
	return true;
}

int hd_local_launcher_start(struct hd_local_attempt *attempt,
			    const struct hd_launch *launch)
{
	return launcher_again(attempt, launch) ? 0 : launcher_new(attempt, launch);
}

void hd_local_launchers_close(struct hd_local *local)
{
	while (local->idle) {
		struct hd_local_launcher *launcher = local->idle;

		local->idle = launcher->next;
		launcher_discard(launcher);
	}
}

/* --- telling it ----------------------------------------------------------- */

bool hd_local_launcher_is_gone(const struct hd_local_launcher *launcher)
{
	struct pollfd gone = { .fd = launcher->pidfd, .events = POLLIN };

	return poll(&gone, 1, 0) > 0;
}

/* By its pid where the call is not there: valgrind lacks it, and the descriptor
 * tells that the pid is still its own. */
void hd_local_launcher_signal(const struct hd_local_launcher *launcher, int signal)
{
	long rc = syscall(SYS_pidfd_send_signal, launcher->pidfd, signal, NULL, 0U);

	if (rc < 0 && errno == ENOSYS && !hd_local_launcher_is_gone(launcher))
		kill(launcher->pid, signal);
}
