/*
 * A library for LD_PRELOAD: the N-th call of one kind fails, or the process is
 * killed before it. For the program it is loaded into alone: the environment
 * that this one hands on has nothing of it.
 *
 *   FAULT_CALL   write sync rename open spawn mkdir unlink alloc time
 *   FAULT_AT     which of them, from 1; 0: none, their number goes to FAULT_TOLD
 *   FAULT_ERRNO  what it fails with; 0: SIGKILL in its place
 *   FAULT_TOLD   a file that is made when the call has come
 *
 * "time" fails nothing: the clock on the wall goes back by an hour at the N-th
 * reading.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define HOUR 3600

enum call { WRITE,
	    SYNC,
	    RENAME,
	    OPEN,
	    SPAWN,
	    MKDIR,
	    UNLINK,
	    ALLOC,
	    TIME,
	    CALLS };

static const char *const names[CALLS] = { "write", "sync", "rename",
					  "open", "spawn", "mkdir",
					  "unlink", "alloc", "time" };

/* The sampler's worker allocates too: counted without a lock all the same. */
static enum call fault_call = CALLS;
static unsigned long fault_at, fault_seen;
static int fault_errno;
static char fault_told[4096];
static pid_t fault_pid;

static void take(const char *name, char *text, size_t size)
{
	const char *value = getenv(name);

	snprintf(text, size, "%s", value ? value : "");
	unsetenv(name);
}

__attribute__((constructor)) static void faults_begin(void)
{
	char call[16], number[24], reason[16];

	unsetenv("LD_PRELOAD");
	take("FAULT_CALL", call, sizeof call);
	take("FAULT_AT", number, sizeof number);
	take("FAULT_ERRNO", reason, sizeof reason);
	take("FAULT_TOLD", fault_told, sizeof fault_told);
	fault_at = strtoul(number, NULL, 10);
	fault_errno = atoi(reason);
	fault_pid = getpid();
	for (int i = 0; i < CALLS; i++)
		if (!strcmp(names[i], call))
			fault_call = (enum call)i;
}

static void tell(void)
{
	long fd = syscall(SYS_openat, AT_FDCWD, fault_told,
			  O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd >= 0)
		syscall(SYS_close, fd);
}

__attribute__((destructor)) static void faults_end(void)
{
	FILE *file;

	if (fault_at || fault_call == CALLS || getpid() != fault_pid)
		return;
	fault_call = CALLS;
	file = fopen(fault_told, "w");
	if (file) {
		fprintf(file, "%lu\n", fault_seen);
		fclose(file);
	}
}

/* Whether this call is the one; it may not come back. */
static bool is_due(enum call call)
{
	if (call != fault_call || ++fault_seen != fault_at ||
	    getpid() != fault_pid)
		return false;
	tell();
	if (fault_errno == 0 && call != TIME)
		kill(fault_pid, SIGKILL);
	errno = fault_errno;
	return true;
}

#define NEXT(name, type) ((type)dlsym(RTLD_NEXT, name))

/* --- files ------------------------------------------------------------------ */

#define WRAP(call, result, failed, name, parameters, arguments)          \
	result name parameters;                                          \
	result name parameters                                           \
	{                                                                \
		static result(*next) parameters;                         \
                                                                         \
		if (!next)                                               \
			next = NEXT(#name, result(*) parameters);        \
		return is_due(call) ? (result)(failed) : next arguments; \
	}

/* The event library's eventfd, which has no type, and its pipe: a write of some
 * bytes to them cannot fail, and it aborts when one does. */
static bool is_event(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 &&
	       ((info.st_mode & S_IFMT) == 0 || S_ISFIFO(info.st_mode));
}

ssize_t write(int fd, const void *text, size_t size)
{
	static ssize_t (*next)(int, const void *, size_t);

	if (!next)
		next = NEXT("write", ssize_t(*)(int, const void *, size_t));
	if (fault_call == WRITE && !is_event(fd) && is_due(WRITE))
		return -1;
	return next(fd, text, size);
}

WRAP(WRITE, ssize_t, -1, pwrite, (int fd, const void *text, size_t size, off_t at),
     (fd, text, size, at))
WRAP(WRITE, ssize_t, -1, pwrite64, (int fd, const void *text, size_t size, off64_t at),
     (fd, text, size, at))
WRAP(WRITE, int, -1, ftruncate, (int fd, off_t size), (fd, size))
WRAP(WRITE, int, -1, ftruncate64, (int fd, off64_t size), (fd, size))
/* A message to a launcher that waits, and the socket that leads there. */
WRAP(WRITE, ssize_t, -1, send, (int fd, const void *text, size_t size, int flags),
     (fd, text, size, flags))
WRAP(OPEN, int, -1, socketpair, (int domain, int type, int protocol, int ends[2]),
     (domain, type, protocol, ends))
WRAP(SYNC, int, -1, fsync, (int fd), (fd))
WRAP(SYNC, int, -1, fdatasync, (int fd), (fd))
WRAP(RENAME, int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(RENAME, int, -1, renameat, (int at, const char *from, int other, const char *to),
     (at, from, other, to))
WRAP(MKDIR, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(MKDIR, int, -1, mkdirat, (int at, const char *path, mode_t mode), (at, path, mode))
WRAP(MKDIR, int, -1, symlinkat, (const char *target, int at, const char *path),
     (target, at, path))
WRAP(MKDIR, int, -1, symlink, (const char *target, const char *path), (target, path))
WRAP(MKDIR, int, -1, linkat, (int at, const char *from, int other, const char *to, int flags),
     (at, from, other, to, flags))
WRAP(UNLINK, int, -1, unlink, (const char *path), (path))
WRAP(UNLINK, int, -1, unlinkat, (int at, const char *path, int flags), (at, path, flags))
WRAP(UNLINK, int, -1, rmdir, (const char *path), (path))
/* Ours come with five arguments, the last for the process's descriptor. */
int clone(int (*become)(void *), void *stack, int flags, void *argument, ...)
{
	static int (*next)(int (*)(void *), void *, int, void *, ...);
	va_list list;
	int *pidfd;

	va_start(list, argument);
	pidfd = va_arg(list, int *);
	va_end(list);
	if (!next)
		next = NEXT("clone", int (*)(int (*)(void *), void *, int, void *, ...));
	return is_due(SPAWN) ? -1 : next(become, stack, flags, argument, pidfd);
}

/* A disk without room is in the way of new files alone. */
static bool may_fail(int flags)
{
	return fault_errno != ENOSPC || flags & O_CREAT;
}

typedef int (*open_fn)(const char *path, int flags, ...);
typedef int (*openat_fn)(int at, const char *path, int flags, ...);

/* The mode is there only for a file that may be made. */
#define OPEN_MODE(mode, flags)                                                     \
	do {                                                                       \
		va_list list;                                                      \
                                                                                   \
		va_start(list, flags);                                             \
		(mode) = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
		va_end(list);                                                      \
	} while (0)

#define WRAP_OPEN(name)                                         \
	int name(const char *path, int flags, ...)              \
	{                                                       \
		mode_t mode;                                    \
                                                                \
		OPEN_MODE(mode, flags);                         \
		if (may_fail(flags) && is_due(OPEN))            \
			return -1;                              \
		return NEXT(#name, open_fn)(path, flags, mode); \
	}

#define WRAP_OPENAT(name)                                             \
	int name(int at, const char *path, int flags, ...)            \
	{                                                             \
		mode_t mode;                                          \
                                                                      \
		OPEN_MODE(mode, flags);                               \
		if (may_fail(flags) && is_due(OPEN))                  \
			return -1;                                    \
		return NEXT(#name, openat_fn)(at, path, flags, mode); \
	}

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

/* --- memory ----------------------------------------------------------------- */

/* Looking for the next malloc may itself want a little of it. */
static char first_blocks[4096];
static size_t first_used;

static void *first_block(size_t size)
{
	void *block = first_blocks + first_used;

	first_used += (size + 15) / 16 * 16;
	return first_used <= sizeof first_blocks ? block : NULL;
}

static bool is_first_block(const void *block)
{
	return (const char *)block >= first_blocks &&
	       (const char *)block < first_blocks + sizeof first_blocks;
}

#define WRAP_ALLOC(name, parameters, arguments, size)            \
	void *name parameters                                    \
	{                                                        \
		static void *(*next)parameters;                  \
		static __thread bool looking;                    \
                                                                 \
		if (!next && looking)                            \
			return first_block(size);                \
		looking = true;                                  \
		if (!next)                                       \
			next = NEXT(#name, void *(*)parameters); \
		looking = false;                                 \
		return is_due(ALLOC) ? NULL : next arguments;    \
	}

WRAP_ALLOC(malloc, (size_t size), (size), size)
WRAP_ALLOC(calloc, (size_t count, size_t size), (count, size), count *size)
WRAP_ALLOC(realloc, (void *old, size_t size), (old, size), size)

void free(void *block)
{
	static void (*next)(void *);

	if (is_first_block(block))
		return;
	if (!next)
		next = NEXT("free", void (*)(void *));
	next(block);
}

/* --- the clock -------------------------------------------------------------- */

static bool is_an_hour_back(void)
{
	static bool back;

	back |= is_due(TIME);
	return back;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int saved = errno;
	int rc = (int)syscall(SYS_clock_gettime, clock, time);

	if (rc == 0 && clock == CLOCK_REALTIME && is_an_hour_back())
		time->tv_sec -= HOUR;
	errno = rc == 0 ? saved : errno;
	return rc;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -1;
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}
