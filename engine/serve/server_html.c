#include "serve/server_html.h"

#include "serve/html.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Under another name first; who ends this program leaves no draft behind. */
static char draft[4096];

static void on_signal(int number)
{
	if (draft[0])
		unlink(draft);
	signal(number, SIG_DFL);
	raise(number);
}

static void signals_catch(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaction(numbers[i], &action, NULL);
}

struct target {
	int fd;
	int error; /* errno of a write that failed */
};

static int target_write(void *user, const char *text, size_t length)
{
	struct target *target = user;

	while (length > 0) {
		ssize_t wrote = write(target->fd, text, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			target->error = errno;
			return HD_EIO;
		}
		text += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

static int target_fill(struct target *target, const struct hd_html *html,
		       const char *name, struct hd_error *err)
{
	struct hd_out out = { .write = target_write, .user = target };
	int rc = hd_html_write(html, &out, err);

	return target->error ? hd_error_errno(err, target->error,
					      "cannot write %s", name)
			     : rc;
}

static int html_file(const struct hd_html *html, const char *path,
		     struct hd_error *err)
{
	struct target target = { -1, 0 };
	char name[4096 + 2];
	int rc;

	if (snprintf(draft, sizeof draft, "%s.%ld.tmp", path, (long)getpid()) >=
	    (int)sizeof draft)
		return hd_error_set(err, HD_EINVAL, "the path '%.40s...' is too long",
				    path);
	snprintf(name, sizeof name, "'%.4090s'", path);
	signals_catch();
	target.fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (target.fd < 0)
		return hd_error_errno(err, errno, "cannot write %s", name);
	rc = target_fill(&target, html, name, err);
	if ((close(target.fd) < 0 || (rc == 0 && rename(draft, path) < 0)) && rc == 0)
		rc = hd_error_errno(err, errno, "cannot write %s", name);
	if (rc < 0)
		unlink(draft);
	draft[0] = '\0';
	return rc;
}

int hd_server_html(struct hd_store *store, int64_t sweep, const char *path,
		   struct hd_error *err)
{
	struct hd_asset assets[HD_ASSETS];
	struct hd_html html = { .store = store, .sweep = sweep, .assets = assets };
	int rc;

	hd_assets(assets);
	if (!strcmp(path, "-"))
		return target_fill(&(struct target){ STDOUT_FILENO, 0 }, &html,
				   "to standard output", err);
	rc = html_file(&html, path, err);
	if (rc == 0)
		printf("%s\n", path);
	return rc;
}
