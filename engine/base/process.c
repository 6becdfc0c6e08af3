/* Linux's /proc tells of processes. */
#include "base/process.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The first bytes of a file in /proc, "" when it cannot be read. */
static void proc_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
}

uint64_t hd_process_start(int64_t pid)
{
	char path[64], text[1024];
	const char *at;

	snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
	proc_read(path, text, sizeof text);
	/* The name in parentheses may hold anything: its last ')' ends it. */
	at = strrchr(text, ')');
	if (!at || strncmp(at, ") Z", 3) == 0 || strncmp(at, ") X", 3) == 0)
		return 0;
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at, NULL, 10) : 0;
}

static void boot_read(char *boot, size_t size)
{
	proc_read("/proc/sys/kernel/random/boot_id", boot, size);
	boot[strcspn(boot, "\n")] = '\0';
}

static void host_read(char *host, size_t size)
{
	struct utsname names;

	snprintf(host, size, "%s", uname(&names) == 0 ? names.nodename : "");
}

void hd_process_self(struct hd_process *process)
{
	process->pid = getpid();
	process->start = hd_process_start(process->pid);
	boot_read(process->boot, sizeof process->boot);
	host_read(process->host, sizeof process->host);
}

bool hd_process_is_alive(int64_t pid, uint64_t start, const char *boot)
{
	char now[64];

	if (boot && *boot) {
		boot_read(now, sizeof now);
		if (*now && strcmp(now, boot) != 0)
			return false;
	}
	return pid > 0 && start != 0 && hd_process_start(pid) == start;
}

bool hd_process_is_elsewhere(const char *host)
{
	char here[256];

	if (!host || !*host)
		return false;
	host_read(here, sizeof here);
	return strcmp(here, host) != 0;
}
