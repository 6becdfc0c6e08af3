/*
 * What could not be ended on a host, because it was away: a file here for each
 * folder there, beside the sweeps' folders, so that this sweep or a later one
 * ends and removes it when the host is back.
 *
 *	.ssh-away/HOST/SWEEP        all of a sweep's; .SWEEP while it is gone on with
 *	.ssh-away/HOST/SWEEP.TRIAL  one attempt's
 *
 * each holding the path there. Several engines may do it at once: it is done
 * twice then, which harms nobody.
 */
#include "ssh/ssh.h"

#include "base/file.h"
#include "base/time.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER ".ssh-away"
#define LIMIT 60

/* The folder of all hosts, or of one; appended. */
static void folder_path(struct hd_buf *path, const struct hd_ssh *ssh, const char *host)
{
	const char *slash = ssh->sweep_folder ? strrchr(ssh->sweep_folder, '/') : NULL;

	if (!slash) {
		path->failed = true;
		return;
	}
	hd_buf_add(path, ssh->sweep_folder, (size_t)(slash - ssh->sweep_folder));
	hd_buf_puts(path, "/" FOLDER);
	if (host)
		hd_buf_printf(path, "/%s", host);
}

void hd_ssh_away_add(const struct hd_ssh_host *host, const char *folder)
{
	struct hd_buf path = HD_BUF_INIT;
	const char *there = folder ? folder : host->sweep;
	const char *name = folder ? strrchr(folder, '/') : NULL;
	struct hd_file file;

	if (!there || !host->sweep)
		return;
	folder_path(&path, host->ssh, host->said.name);
	if (!hd_buf_failed(&path) && hd_file_folder(hd_buf_text(&path), NULL) == 0) {
		hd_buf_printf(&path, "/%s%s%s", strrchr(host->sweep, '/') + 1,
			      name ? "." : "", name ? name + 1 : "");
		if (!hd_buf_failed(&path) &&
		    hd_file_begin(&file, hd_buf_text(&path), NULL) == 0) {
			if (hd_file_write(&file, there, strlen(there), NULL) == 0)
				(void)hd_file_end(&file, NULL);
			else
				hd_file_abort(&file);
		}
	}
	hd_buf_release(&path);
}

/* Folders that hold nothing any more go. */
static void away_done(const struct hd_ssh_host *host)
{
	struct hd_buf path = HD_BUF_INIT;

	/* Mostly there are others, of this host or of another. */
	folder_path(&path, host->ssh, host->said.name);
	if (!hd_buf_failed(&path))
		(void)rmdir(hd_buf_text(&path));
	hd_buf_clear(&path);
	folder_path(&path, host->ssh, NULL);
	if (!hd_buf_failed(&path))
		(void)rmdir(hd_buf_text(&path));
	hd_buf_release(&path);
}

/* The file of the whole sweep, and by which name it is passed over. */
static bool sweep_paths(const struct hd_ssh_host *host, struct hd_buf *path,
			struct hd_buf *kept)
{
	folder_path(path, host->ssh, host->said.name);
	hd_buf_printf(path, "/%s", host->ssh->sweep_id);
	folder_path(kept, host->ssh, host->said.name);
	hd_buf_printf(kept, "/.%s", host->ssh->sweep_id);
	return !hd_buf_failed(path) && !hd_buf_failed(kept);
}

void hd_ssh_away_keep_sweep(const struct hd_ssh *ssh)
{
	for (size_t i = 0; i < ssh->host_count && ssh->sweep_id; i++) {
		struct hd_buf path = HD_BUF_INIT, kept = HD_BUF_INIT;

		if (sweep_paths(&ssh->hosts[i], &path, &kept))
			(void)rename(hd_buf_text(&path), hd_buf_text(&kept));
		hd_buf_release(&path);
		hd_buf_release(&kept);
	}
}

void hd_ssh_away_close(const struct hd_ssh_host *host, bool is_cleared)
{
	struct hd_buf path = HD_BUF_INIT, kept = HD_BUF_INIT;

	if (host->ssh->sweep_id && sweep_paths(host, &path, &kept)) {
		if (is_cleared)
			(void)unlink(hd_buf_text(&kept));
		else
			(void)rename(hd_buf_text(&kept), hd_buf_text(&path));
		away_done(host);
	}
	hd_buf_release(&path);
	hd_buf_release(&kept);
}

/* --- doing it ------------------------------------------------------------------- */

/* The path of the first file of the host that is not older than a failure; ""
 * for none. */
static void away_first(struct hd_buf *file, const struct hd_ssh_host *host)
{
	struct hd_buf folder = HD_BUF_INIT;
	struct dirent *found;
	DIR *dir = NULL;

	folder_path(&folder, host->ssh, host->said.name);
	if (!hd_buf_failed(&folder))
		dir = opendir(hd_buf_text(&folder));
	while (dir && !file->length && (found = readdir(dir)))
		if (found->d_name[0] != '.')
			hd_buf_printf(file, "%s/%s", hd_buf_text(&folder), found->d_name);
	if (dir)
		closedir(dir);
	hd_buf_release(&folder);
}

/* What the file holds: an absolute path, else "". */
static void away_read(char *there, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t got = fd < 0 ? 0 : read(fd, there, size - 1);

	if (fd >= 0)
		close(fd);
	there[got > 0 ? got : 0] = '\0';
	if (*there != '/' || strchr(there, '\n') || strstr(there, "/../") ||
	    !strrchr(there + 1, '/'))
		there[0] = '\0';
}

static void on_away(struct hd_ssh_host *host, int rc, const char *answer, size_t length)
{
	struct hd_buf file = HD_BUF_INIT;

	(void)length;
	if (rc != 0) {
		hd_ssh_host_fail(host, "cannot end what an earlier link left there", answer);
		host->again = 0;
		host->phase = HD_SSH_STAGING; /* its results count no more: on with it */
		return;
	}
	away_first(&file, host);
	if (file.length)
		(void)unlink(hd_buf_text(&file));
	hd_buf_release(&file);
}

void hd_ssh_away_step(struct hd_ssh_host *host)
{
	struct hd_buf file = HD_BUF_INIT, script = HD_BUF_INIT;
	char there[4096] = "";

	away_first(&file, host);
	if (file.length && !hd_buf_failed(&file))
		away_read(there, sizeof there, hd_buf_text(&file));
	if (file.length && !*there) {
		(void)unlink(hd_buf_text(&file)); /* not one of ours */
		hd_buf_release(&file);
		host->again = hd_time_steady() + 1000;
		return;
	}
	if (!file.length) {
		away_done(host);
		host->phase = HD_SSH_STAGING;
		hd_buf_release(&file);
		hd_ssh_host_step(host);
		return;
	}
	hd_buf_puts(&script, "hd_away ");
	hd_ssh_launcher_add(&script, host);
	hd_buf_putc(&script, ' ');
	hd_buf_shell(&script, there);
	hd_buf_release(&file);
	hd_ssh_host_ask(host, &script, -1, 0, LIMIT, on_away);
}
