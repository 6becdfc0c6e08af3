/*
 * The rules of .amlignore and .gitignore, each file for its own folder and
 * what is below; the matching is libgit2's.
 *
 * libgit2 reads .gitignore alone, and only in a repository. So a file's rules
 * go to a repository in memory that has nothing else, and paths are asked
 * from the folder on. It answers yes or no, and hides whether a rule said so:
 * a rule of a deeper folder, also one with "!", goes before those above it, so
 * that is asked twice, once behind a rule that leaves nothing out and once
 * behind one that leaves everything out. Where both agree a rule has spoken.
 */
#include "snapshot/libgit2.h"
#include "snapshot/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file with more rules is no such file. */
#define IGNORE_MOST (1 << 20)

/* "!*" alone would be dropped, as there is nothing for it to take back. */
#define IGNORE_NOTHING "*\n**\n!*\n!**\n"
#define IGNORE_ALL "*\n**\n"

struct hd_ignore {
	const struct hd_git *git;
	struct hd_ignore *above;
	git_repository *nothing; /* its rules behind IGNORE_NOTHING */
	git_repository *all;     /* ... and behind IGNORE_ALL */
	size_t length;           /* of the folder's path */
	char *file;              /* from the source on */
};

static int ignore_failed(const struct hd_ignore *ignore, struct hd_error *err)
{
	const git_error *last = ignore->git->git_error_last();

	return hd_error_set(err, HD_EIO, "libgit2 cannot take the rules of '%s': %s",
			    ignore->file, last ? last->message : "it does not say why");
}

/* --- a file's rules ----------------------------------------------------------------- */

static int rules_read(int fd, const char *file, struct hd_buf *text,
		      struct hd_error *err)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return hd_error_errno(err, errno, "cannot read '%s'", file);
		if (memchr(bytes, '\0', (size_t)n))
			return hd_error_set(err, HD_EINVAL,
					    "'%s' is no text: it holds a byte 0, as UTF-16 "
					    "does; save it as UTF-8",
					    file);
		hd_buf_add(text, bytes, (size_t)n);
		if (text->length > IGNORE_MOST)
			return hd_error_set(err, HD_ELIMIT,
					    "'%s' is larger than 1 MiB, too large for rules",
					    file);
	}
	return hd_buf_failed(text) ? hd_error_nomem(err) : 0;
}

/* Without the mark that some editors put first. */
static const char *rules_text(const struct hd_buf *text)
{
	const char *rules = hd_buf_text(text);

	return strncmp(rules, "\xef\xbb\xbf", 3) ? rules : rules + 3;
}

static int rules_set(struct hd_ignore *ignore, git_repository **repository,
		     const char *first, const char *rules, struct hd_error *err)
{
	const struct hd_git *git = ignore->git;
	git_config *config = NULL;
	struct hd_buf text = HD_BUF_INIT;
	int rc = git->git_repository_new(repository);

	hd_buf_puts(&text, first);
	hd_buf_puts(&text, rules);
	/* An empty one, or the user's would be read. */
	if (rc == 0)
		rc = git->git_config_new(&config);
	if (rc == 0)
		rc = git->git_repository_set_config(*repository, config);
	if (rc == 0 && !hd_buf_failed(&text))
		rc = git->git_ignore_add_rule(*repository, hd_buf_text(&text));
	git->git_config_free(config);
	if (hd_buf_failed(&text))
		rc = hd_error_nomem(err);
	else if (rc < 0)
		rc = ignore_failed(ignore, err);
	hd_buf_release(&text);
	return rc;
}

/* The rules' file NAME, or -1; errno is 0 when there is none. */
static int rules_open(int folder, const char *name)
{
	struct stat info;

	errno = 0;
	if (fstatat(folder, name, &info, 0) < 0 || !S_ISREG(info.st_mode)) {
		errno = 0;
		return -1;
	}
	return openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/*
 * .amlignore where there is one, else .gitignore (HD-160): open as *FD, -1 for
 * neither, and its path as *FILE.
 */
static int rules_find(int folder, const char *path, int *fd, char **file,
		      struct hd_error *err)
{
	static const char *const names[] = { ".amlignore", ".gitignore" };
	struct hd_buf text = HD_BUF_INIT;
	const char *name = NULL;

	*fd = -1;
	errno = 0;
	for (size_t i = 0; *fd < 0 && !errno && i < sizeof names / sizeof names[0]; i++) {
		name = names[i];
		*fd = rules_open(folder, name);
	}
	if (*fd < 0 && errno)
		return hd_error_errno(err, errno, "cannot read '%s%s'", path, name);
	if (*fd < 0)
		return 0;
	hd_buf_printf(&text, "%s%s", path, name);
	*file = hd_buf_take(&text);
	return *file ? 0 : hd_error_nomem(err);
}

/* The two sets of what is in the file open at FD. */
static int rules_load(struct hd_ignore *ignore, int fd, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc = rules_read(fd, ignore->file, &text, err);

	if (rc == 0) {
		ignore->git = hd_git_open(err);
		rc = ignore->git ? 0 : HD_ENOENT;
	}
	if (rc == 0)
		rc = rules_set(ignore, &ignore->nothing, IGNORE_NOTHING,
			       rules_text(&text), err);
	if (rc == 0)
		rc = rules_set(ignore, &ignore->all, IGNORE_ALL, rules_text(&text), err);
	hd_buf_release(&text);
	return rc;
}

int hd_ignore_open(struct hd_ignore **out, int folder, const char *path,
		   struct hd_ignore *above, struct hd_error *err)
{
	struct hd_ignore *ignore = calloc(1, sizeof *ignore);
	int fd = -1;
	int rc;

	*out = NULL;
	if (!ignore)
		return hd_error_nomem(err);
	ignore->above = above;
	ignore->length = strlen(path);
	rc = rules_find(folder, path, &fd, &ignore->file, err);
	if (rc == 0 && fd >= 0)
		rc = rules_load(ignore, fd, err);
	if (rc == 0 && fd >= 0) {
		*out = ignore;
		ignore = NULL;
	}
	if (fd >= 0)
		close(fd);
	hd_ignore_close(ignore);
	return rc;
}

void hd_ignore_close(struct hd_ignore *ignore)
{
	if (!ignore)
		return;
	if (ignore->git) {
		ignore->git->git_repository_free(ignore->nothing);
		ignore->git->git_repository_free(ignore->all);
		hd_git_close(ignore->git);
	}
	free(ignore->file);
	free(ignore);
}

/* --- a path --------------------------------------------------------------------------- */

/* 1: a rule leaves it out; 0: one takes it in; 2: none speaks of it. */
static int rules_ask(const struct hd_ignore *ignore, const char *path,
		     struct hd_error *err)
{
	int nothing = 0, all = 0;

	if (ignore->git->git_ignore_path_is_ignored(&nothing, ignore->nothing, path) < 0 ||
	    (!nothing &&
	     ignore->git->git_ignore_path_is_ignored(&all, ignore->all, path) < 0))
		return ignore_failed(ignore, err);
	return nothing ? 1 : all ? 2
				 : 0;
}

int hd_ignore_asks(struct hd_ignore *ignore, const char *path, bool folder,
		   const char **rules, struct hd_error *err)
{
	struct hd_buf asked = HD_BUF_INIT;
	int rc = 2;

	/* A slash behind it says that it is a folder. */
	hd_buf_puts(&asked, path);
	if (folder)
		hd_buf_putc(&asked, '/');
	if (hd_buf_failed(&asked))
		rc = hd_error_nomem(err);
	for (; rc == 2 && ignore; ignore = ignore->above) {
		rc = rules_ask(ignore, hd_buf_text(&asked) + ignore->length, err);
		*rules = ignore->file;
	}
	hd_buf_release(&asked);
	return rc == 2 ? 0 : rc;
}
