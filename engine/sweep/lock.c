/* The lock is flock's; the file's text only tells a person who holds it. */
#define _GNU_SOURCE /* flock */

#include "sweep/lock.h"

#include "base/buf.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* How often, and every how many nanoseconds, a lock of one who is gone. */
#define LEFT_TRIES 200
#define LEFT_PAUSE 10000000

static int lock_held(int fd, const char *name, struct hd_error *err)
{
	char text[320] = "";
	ssize_t got = pread(fd, text, sizeof text - 1, 0);

	if (got > 0)
		text[strcspn(text, "\n")] = '\0';
	return hd_error_set(err, HD_EBUSY,
			    "sweep '%s' is being run by %s", name,
			    got > 0 ? text : "another process");
}

/*
 * Whether the process that signed the lock at FD is gone from this machine. A
 * child of it that has not begun its own program yet then has the lock, for a
 * moment.
 */
static bool lock_is_left(int fd)
{
	char text[320] = "", host[256] = "";
	int64_t pid = 0;

	return pread(fd, text, sizeof text - 1, 0) > 0 &&
	       sscanf(text, "process %" SCNd64 " on %255s", &pid, host) == 2 &&
	       !hd_process_is_elsewhere(host) && hd_process_start(pid) == 0;
}

static void lock_pause(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = LEFT_PAUSE }, NULL);
}

/* Without it the lock holds as well, only nobody knows whose it is. */
static void lock_sign(int fd)
{
	struct hd_process self;
	struct hd_buf text = HD_BUF_INIT;

	hd_process_self(&self);
	hd_buf_printf(&text, "process %" PRId64 " on %s\n", self.pid, self.host);
	if (!hd_buf_failed(&text) && ftruncate(fd, 0) == 0 &&
	    pwrite(fd, hd_buf_text(&text), text.length, 0) < 0)
		(void)ftruncate(fd, 0);
	hd_buf_release(&text);
}

int hd_sweep_lock(int *fd, const char *folder, const char *name,
		  struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;
	int rc = 0, tries = 0;

	*fd = -1;
	hd_buf_printf(&path, "%s/" HD_SWEEP_LOCK, folder);
	if (hd_buf_failed(&path)) {
		rc = hd_error_nomem(err);
		goto out;
	}
	*fd = open(hd_buf_text(&path), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		   0600);
	if (*fd < 0) {
		rc = hd_error_errno(err, errno, "cannot open '%s'",
				    hd_buf_text(&path));
		goto out;
	}
	while (flock(*fd, LOCK_EX | LOCK_NB) < 0) {
		int errnum = errno;

		if (errnum == EINTR)
			continue;
		if (errnum == EWOULDBLOCK && tries++ < LEFT_TRIES && lock_is_left(*fd)) {
			lock_pause();
			continue;
		}
		errno = errnum;
		rc = errnum == EWOULDBLOCK
			     ? lock_held(*fd, name, err)
			     : hd_error_errno(err, errno, "cannot lock '%s'",
					      hd_buf_text(&path));
		close(*fd);
		*fd = -1;
		goto out;
	}
	lock_sign(*fd);
out:
	hd_buf_release(&path);
	return rc;
}

void hd_sweep_unlock(int *fd, const char *folder, bool remove)
{
	struct hd_buf path = HD_BUF_INIT;

	if (*fd < 0)
		return;
	hd_buf_printf(&path, "%s/" HD_SWEEP_LOCK, folder);
	if (remove && !hd_buf_failed(&path))
		unlink(hd_buf_text(&path)); /* else the folder stays, and tells */
	hd_buf_release(&path);
	close(*fd);
	*fd = -1;
}
