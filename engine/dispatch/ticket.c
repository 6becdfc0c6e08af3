/* readlinkat and symlinkat. */
#define _XOPEN_SOURCE 700

#include "dispatch/ticket.h"

#include "dispatch/record_format.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define NAME_SIZE 32
/* In place of an empty name, which no link can hold. */
#define NO_HOST "-"

static void name_make(char *name, const char *prefix, unsigned attempt)
{
	snprintf(name, NAME_SIZE, "%s%u", prefix, attempt);
}

static int folder_open(const char *folder)
{
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void hd_ticket_host(char host[HD_TICKET_HOST])
{
	struct utsname name;

	host[0] = '\0';
	if (uname(&name) == 0)
		snprintf(host, HD_TICKET_HOST, "%s", name.nodename);
}

/* Gone, or never there; 0 or an errno. */
static int forget(int at, const char *name)
{
	return unlinkat(at, name, 0) < 0 && errno != ENOENT ? errno : 0;
}

static bool print_make(const struct hd_ticket_print *print, const char *host)
{
	return (unlink(print->path) == 0 || errno == ENOENT) &&
	       symlink(host, print->path) == 0;
}

/* 0 or an errno. */
static int ticket_link(int at, const char *name, struct hd_ticket_print *print)
{
	char host[HD_TICKET_HOST];

	if (print->is_known &&
	    linkat(AT_FDCWD, print->path, at, name, 0) == 0)
		return 0;
	hd_ticket_host(host);
	if (!*host)
		snprintf(host, sizeof host, NO_HOST);
	/* The next one, or another when it has as many names as it may have. */
	print->is_known = print->path && print_make(print, host);
	return symlinkat(host, at, name) < 0 ? errno : 0;
}

/* An earlier attempt's record must not be taken for this one's. */
static int records_forget(int at, unsigned attempt)
{
	char name[NAME_SIZE];
	struct stat stat;
	int rc;

	name_make(name, HD_RECORD_OWNER, attempt);
	if (fstatat(at, name, &stat, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	rc = forget(at, HD_RECORD_STATE);
	if (rc == 0)
		rc = forget(at, HD_RECORD_EXIT);
	return rc;
}

/* In a folder that is new nobody has put a link in the way. */
static bool ticket_link_new(const char *folder, const char *name,
			    const struct hd_ticket_print *print)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/%s", folder, name);

	return print->is_known && length > 0 && (size_t)length < sizeof path &&
	       linkat(AT_FDCWD, print->path, AT_FDCWD, path, 0) == 0;
}

int hd_ticket_make(const char *folder, unsigned attempt, bool is_new,
		   struct hd_ticket_print *print)
{
	char name[NAME_SIZE];
	int at, rc;

	name_make(name, HD_RECORD_TICKET, attempt);
	if (is_new && ticket_link_new(folder, name, print))
		return 0;
	at = folder_open(folder);
	if (at < 0)
		return errno;
	rc = is_new ? 0 : records_forget(at, attempt);
	if (rc == 0)
		rc = ticket_link(at, name, print);
	close(at);
	return rc;
}

int hd_ticket_withdraw(const char *folder, unsigned attempt)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/" HD_RECORD_TICKET "%u",
			      folder, attempt);

	/* By its path: it must go though no descriptor is left, which may be
	 * why the launch failed. */
	if (length < 0 || (size_t)length >= sizeof path)
		return ENAMETOOLONG;
	return unlink(path) < 0 ? errno : 0;
}

int hd_ticket_owner(const char *folder, unsigned attempt,
		    char host[HD_TICKET_HOST])
{
	int at = folder_open(folder);
	char name[NAME_SIZE];
	ssize_t length;
	int rc;

	host[0] = '\0';
	if (at < 0)
		return errno;
	name_make(name, HD_RECORD_OWNER, attempt);
	length = readlinkat(at, name, host, HD_TICKET_HOST - 1);
	rc = length < 0 ? errno : 0;
	close(at);
	host[length > 0 ? length : 0] = '\0';
	if (strcmp(host, NO_HOST) == 0)
		host[0] = '\0';
	/* A plain file is a claim as well; it does not tell where. */
	return rc == EINVAL ? 0 : rc;
}
