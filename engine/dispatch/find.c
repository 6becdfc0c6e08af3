/* pidfds are Linux's. */
#define _GNU_SOURCE

#include "dispatch/find.h"

#include "dispatch/proctree.h"
#include "dispatch/record.h"

#include <hdrive/error.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* An empty name on either side tells nothing. */
static bool is_elsewhere(struct hd_found *found, const char *host)
{
	char here[HD_TICKET_HOST];

	hd_ticket_host(here);
	if (!*host || !*here || strcmp(host, here) == 0)
		return false;
	snprintf(found->host, sizeof found->host, "%s", host);
	return true;
}

/* Since BOOT the machine was started anew, and nothing of it lives. */
static bool is_of_other_boot(const char *boot)
{
	char now[64] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, now, sizeof now - 1);

	if (fd >= 0)
		close(fd);
	now[length > 0 ? length : 0] = '\0';
	now[strcspn(now, "\n")] = '\0';
	return *boot && *now && strcmp(boot, now) != 0;
}

static bool has_exited(int pidfd)
{
	struct pollfd gone = { .fd = pidfd, .events = POLLIN };

	return poll(&gone, 1, 0) > 0;
}

/*
 * The launcher had its pid before it wrote the state and keeps it while it
 * lives, so a process of that pid and start is the one that the descriptor,
 * opened before, stands for.
 */
static enum hd_find launcher_find(struct hd_found *found,
				  const struct hd_record_state *state)
{
	int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)state->pid, 0U);
	uint64_t start;

	found->why = "its supervisor is gone and left no exit record";
	if (pidfd < 0 && errno == ESRCH)
		return HD_FIND_GONE;
	if (pidfd < 0) {
		found->error = errno;
		return HD_FIND_FAILED;
	}
	start = hd_proctree_start((pid_t)state->pid);
	if (start != state->start) {
		/* Not told while it lives: no descriptor was left, say. */
		bool unread = start == 0 && !has_exited(pidfd);

		close(pidfd);
		found->error = unread ? EMFILE : 0;
		return unread ? HD_FIND_FAILED : HD_FIND_GONE;
	}
	found->pidfd = pidfd;
	found->pid = (pid_t)state->pid;
	found->start = state->start;
	found->group = (pid_t)state->program;
	return HD_FIND_ALIVE;
}

static enum hd_find state_judge(struct hd_found *found, const char *folder)
{
	struct hd_record_state state;

	/* What is no state is overwritten when the launcher comes to it. */
	if (hd_record_read_state(&state, folder, NULL) < 0)
		return HD_FIND_UNTOLD;
	if (is_elsewhere(found, state.host))
		return HD_FIND_ELSEWHERE;
	if (is_of_other_boot(state.boot)) {
		found->why = "the machine was started anew while it ran";
		return HD_FIND_GONE;
	}
	snprintf(found->cgroup, sizeof found->cgroup, "%s", state.cgroup);
	return launcher_find(found, &state);
}

static bool has_ended(const char *folder)
{
	struct hd_record record;

	return hd_record_read(&record, folder, NULL) == 0;
}

enum hd_find hd_find_attempt(struct hd_found *found, const char *folder,
			     unsigned attempt)
{
	char host[HD_TICKET_HOST];
	enum hd_find what;

	*found = (struct hd_found){ .pidfd = -1 };
	found->error = hd_ticket_owner(folder, attempt, host);
	if (found->error == ENOENT)
		return HD_FIND_UNCLAIMED;
	if (found->error)
		return HD_FIND_FAILED;
	if (has_ended(folder))
		return HD_FIND_ENDED;
	what = state_judge(found, folder);
	if (what == HD_FIND_UNTOLD && is_elsewhere(found, host))
		return HD_FIND_ELSEWHERE;
	/* It may have ended between the two readings. */
	if (what == HD_FIND_GONE && has_ended(folder))
		return HD_FIND_ENDED;
	return what;
}
