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

static int ticket_make_at(int at, unsigned attempt)
{
	char host[HD_TICKET_HOST], name[NAME_SIZE];
	struct stat stat;
	int rc;

	name_make(name, HD_RECORD_OWNER, attempt);
	if (fstatat(at, name, &stat, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	/* An earlier attempt's record must not be taken for this one's. */
	rc = forget(at, HD_RECORD_STATE);
	if (rc == 0)
		rc = forget(at, HD_RECORD_EXIT);
	if (rc)
		return rc;
	hd_ticket_host(host);
	name_make(name, HD_RECORD_TICKET, attempt);
	return symlinkat(*host ? host : NO_HOST, at, name) < 0 ? errno : 0;
}

int hd_ticket_make(const char *folder, unsigned attempt)
{
	int at = folder_open(folder);
	int rc;

	if (at < 0)
		return errno;
	rc = ticket_make_at(at, attempt);
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
