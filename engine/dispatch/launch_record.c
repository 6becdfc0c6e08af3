/* renameat is POSIX's, declared in stdio.h; nothing else of that is used. */
#include "dispatch/launch_record.h"

#include "dispatch/launch_text.h"
#include "dispatch/record_format.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* A shorter run, in microseconds, is cheaper to repeat after a power cut than
 * to sync. */
#define SYNC_AFTER INT64_C(1000000)
/* Bytes of a text about devices that is kept: a list of many is shorter. */
#define DEVICES_MOST 1000

/* PREFIX and ATTEMPT; a longer number than fits is no attempt's. */
static void name_make(char *name, size_t size, const char *prefix,
		      const char *attempt)
{
	struct hd_launch_text text = { name, name + size - 1 };

	hd_launch_text_add(&text, prefix);
	hd_launch_text_add(&text, attempt);
}

int hd_launch_claim(int folder, const char *attempt)
{
	char ticket[32], owner[32];

	name_make(ticket, sizeof ticket, HD_RECORD_TICKET, attempt);
	name_make(owner, sizeof owner, HD_RECORD_OWNER, attempt);
	return renameat(folder, ticket, folder, owner) < 0 ? errno : 0;
}

/* A file that was not there before; what was left of one goes. */
static int file_open(int folder, const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = openat(folder, name, flags, 0666);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	unlinkat(folder, name, 0);
	return openat(folder, name, flags, 0666);
}

/* Make FOLDER/NAME with CONTENT; false, and nothing there, when it cannot be. */
static bool file_make(int folder, const char *name, const char *content,
		      bool sync)
{
	size_t length = strlen(content);
	int fd = file_open(folder, name);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, content, length) == (ssize_t)length &&
	     (!sync || fsync(fd) == 0);
	ok = close(fd) == 0 && ok;
	if (!ok)
		unlinkat(folder, name, 0);
	return ok;
}

/* The same through a draft, for whom half of it would mislead. */
static bool file_replace(int folder, const char *name, const char *content,
			 bool sync)
{
	char draft[32];

	name_make(draft, sizeof draft, name, HD_RECORD_DRAFT);
	if (!file_make(folder, draft, content, sync))
		return false;
	if (renameat(folder, draft, folder, name) == 0)
		return true;
	unlinkat(folder, draft, 0);
	return false;
}

/* --- who runs it ---------------------------------------------------------- */

static void boot_read(char *boot, size_t size)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, boot, size - 1);

	if (fd >= 0)
		close(fd);
	boot[length > 0 ? length : 0] = '\0';
	boot[strcspn(boot, "\n")] = '\0';
}

/* The place among the concurrent trials that the engine gave this one. */
static int64_t slot_read(void)
{
	const char *slot = getenv("HDRIVE_SLOT");
	char *end;
	long value = slot ? strtol(slot, &end, 10) : -1;

	return slot && *slot && !*end && value >= 0 && value <= INT_MAX ? value
									: -1;
}

/* The devices that it gave it. A longer text would cut the record short. */
static const char *devices_read(void)
{
	const char *devices = getenv("HDRIVE_DEVICES");

	return devices && strlen(devices) < DEVICES_MOST ? devices : NULL;
}

void hd_launch_record_state(int folder, const char *attempt, pid_t launcher,
			    uint64_t start, pid_t program, const char *cgroup,
			    const char *boot)
{
	char content[2000 + 2 * DEVICES_MOST];
	struct hd_launch_text text = { content, content + sizeof content - 1 };
	const char *devices = devices_read();
	struct utsname host;
	char own[64];

	if (!boot) {
		boot_read(own, sizeof own);
		boot = own;
	}
	hd_launch_text_add(&text, "{");
	hd_launch_text_key(&text, HD_RECORD_ATTEMPT);
	hd_launch_text_add(&text, attempt);
	hd_launch_text_key(&text, HD_RECORD_PID);
	hd_launch_text_number(&text, launcher);
	hd_launch_text_key(&text, HD_RECORD_START);
	hd_launch_text_number(&text, (int64_t)start);
	hd_launch_text_key(&text, HD_RECORD_PROGRAM);
	hd_launch_text_number(&text, program);
	hd_launch_text_key(&text, HD_RECORD_SLOT);
	hd_launch_text_number(&text, slot_read());
	if (devices) {
		hd_launch_text_key(&text, HD_RECORD_DEVICES);
		hd_launch_text_json(&text, devices);
	}
	hd_launch_text_key(&text, HD_RECORD_CGROUP);
	hd_launch_text_json(&text, cgroup);
	hd_launch_text_key(&text, HD_RECORD_BOOT);
	hd_launch_text_json(&text, boot);
	hd_launch_text_key(&text, HD_RECORD_HOST);
	hd_launch_text_json(&text, uname(&host) == 0 ? host.nodename : "");
	hd_launch_text_add(&text, "}\n");
	/* No draft: half of it is no JSON, and then the launcher has yet to tell.
	 * Without it the trial runs as well; only finding it is harder. */
	(void)file_make(folder, HD_RECORD_STATE, content, false);
}

/* --- how it ended --------------------------------------------------------- */

static int end_code(const struct hd_launch_end *end)
{
	if (!end->has_run)
		return end->error_code;
	return WIFEXITED(end->status) ? WEXITSTATUS(end->status) : -1;
}

static int end_signal(const struct hd_launch_end *end)
{
	return end->has_run && WIFSIGNALED(end->status) ? WTERMSIG(end->status)
							: 0;
}

static void time_add(struct timeval *time, const struct timeval *more)
{
	time->tv_sec += more->tv_sec;
	time->tv_usec += more->tv_usec;
	if (time->tv_usec < 1000000)
		return;
	time->tv_usec -= 1000000;
	time->tv_sec++;
}

void hd_launch_record_usage(struct hd_launch_end *end,
			    const struct rusage *usage)
{
	time_add(&end->usage.ru_utime, &usage->ru_utime);
	time_add(&end->usage.ru_stime, &usage->ru_stime);
	if (end->usage.ru_maxrss < usage->ru_maxrss)
		end->usage.ru_maxrss = usage->ru_maxrss;
}

static void end_text(struct hd_launch_text *text,
		     const struct hd_launch_end *end)
{
	hd_launch_text_add(text, "{");
	hd_launch_text_key(text, HD_RECORD_ATTEMPT);
	hd_launch_text_add(text, end->attempt);
	hd_launch_text_key(text, HD_RECORD_CODE);
	hd_launch_text_number(text, end_code(end));
	hd_launch_text_key(text, HD_RECORD_SIGNAL);
	hd_launch_text_number(text, end_signal(end));
	hd_launch_text_key(text, HD_RECORD_ERROR);
	if (*end->error)
		hd_launch_text_json(text, end->error);
	else
		hd_launch_text_add(text, "null");
	hd_launch_text_key(text, HD_RECORD_STARTED);
	hd_launch_text_number(text, end->started);
	hd_launch_text_key(text, HD_RECORD_ENDED);
	hd_launch_text_number(text, end->ended);
	hd_launch_text_key(text, HD_RECORD_USER);
	hd_launch_text_seconds(text, &end->usage.ru_utime);
	hd_launch_text_key(text, HD_RECORD_SYSTEM);
	hd_launch_text_seconds(text, &end->usage.ru_stime);
	hd_launch_text_key(text, HD_RECORD_MAXRSS);
	hd_launch_text_number(text, end->usage.ru_maxrss * INT64_C(1024));
	hd_launch_text_key(text, HD_RECORD_STRAGGLERS);
	hd_launch_text_number(text, (int64_t)end->stragglers);
	hd_launch_text_key(text, HD_RECORD_STOPPED);
	hd_launch_text_add(text, end->stopped ? "true" : "false");
	hd_launch_text_key(text, HD_RECORD_OOM);
	hd_launch_text_add(text, end->out_of_memory ? "true" : "false");
	hd_launch_text_add(text, "}\n");
}

/* A new name lasts once its folder is synced; where that cannot be, the file
 * itself is. */
static void folder_sync(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

bool hd_launch_record_end(int folder, const struct hd_launch_end *end)
{
	char content[2048];
	struct hd_launch_text text = { content, content + sizeof content - 1 };
	bool sync = end->ended - end->started >= SYNC_AFTER;

	end_text(&text, end);
	if (!file_replace(folder, HD_RECORD_EXIT, content, sync))
		return false;
	if (sync)
		folder_sync(folder);
	return true;
}
