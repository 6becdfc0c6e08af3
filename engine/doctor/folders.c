#include "doctor/folders.h"

#include "store/remove.h"
#include "sweep/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER_NEW 60 /* seconds */

bool hd_folder_is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

int hd_folder_open(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

char *hd_folder_elsewhere(int at, const char *name, const char *id)
{
	char target[PATH_MAX], last[HD_PLACE_NAME];
	ssize_t length = readlinkat(at, name, target, sizeof target - 1);
	const char *slash;

	if (length <= 0)
		return NULL;
	target[length] = '\0';
	hd_place_name(last, name, id);
	slash = strrchr(target, '/');
	return target[0] == '/' && strcmp(slash + 1, last) == 0 ? strdup(target) : NULL;
}

/* A descriptor of its own, which closedir closes. */
static DIR *folder_list(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list && fd >= 0)
		close(fd);
	return list;
}

/* "000007": at least six digits, no zero before more than that. */
static bool folder_number(const char *name, size_t *number)
{
	size_t length = strspn(name, "0123456789");

	if (length < 6 || length > 18 || name[length] || (length > 6 && name[0] == '0'))
		return false;
	*number = strtoull(name, NULL, 10);
	return true;
}

static bool is_folder(int at, const char *name)
{
	struct stat info;

	return fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

int hd_folder_trials(int folder, hd_folder_trial_fn fn, void *user)
{
	DIR *list = folder_list(folder);
	struct dirent *entry;
	int rc = 0;

	while (list && rc == 0 && (entry = readdir(list))) {
		size_t number;

		if (folder_number(entry->d_name, &number) && is_folder(folder, entry->d_name))
			rc = fn(user, entry->d_name, number);
	}
	if (list)
		closedir(list);
	return rc;
}

/* --- sweeps' -------------------------------------------------------------------- */

static int find_trial(void *user, const char *name, size_t number)
{
	(void)user;
	(void)name;
	(void)number;
	return 1;
}

static bool is_empty(int folder)
{
	DIR *list = folder_list(folder);
	struct dirent *entry;
	bool empty = list != NULL;

	while (empty && (entry = readdir(list)))
		empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	if (list)
		closedir(list);
	return empty;
}

/* A folder comes before its row: one that is empty and new waits for it. */
static bool is_new(int folder)
{
	struct stat info;

	return fstat(folder, &info) < 0 || info.st_mtime + FOLDER_NEW > time(NULL);
}

static bool looks_like_sweep(struct hd_store *store, int at, const char *name)
{
	const char *above = hd_store_folder(store);
	const char *slash = strrchr(above, '/');
	int folder = hd_folder_open(at, name);
	bool looks;

	if (folder < 0)
		return false;
	looks = hd_folder_trials(folder, find_trial, NULL) == 1 ||
		(!strcmp(slash ? slash + 1 : above, ".hdrive") && is_empty(folder) &&
		 !is_new(folder));
	close(folder);
	return looks;
}

static int folders_walk(struct hd_store *store, int folder, hd_folder_fn fn,
			void *user, struct hd_error *err)
{
	DIR *list = folder_list(folder);
	struct dirent *entry;
	int rc = 0;

	while (list && rc == 0 && (entry = readdir(list))) {
		const char *name = entry->d_name;
		bool has = true;

		if (name[0] == '.' || !looks_like_sweep(store, folder, name))
			continue;
		rc = hd_store_has_sweep(store, name, &has, err);
		if (rc == 0 && !has)
			rc = fn(user, name);
	}
	if (list)
		closedir(list);
	return rc;
}

int hd_folders_without_row(struct hd_store *store, hd_folder_fn fn, void *user,
			   struct hd_error *err)
{
	int folder = open(hd_store_folder(store), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (folder < 0)
		return hd_error_errno(err, errno, "cannot read '%s'", hd_store_folder(store));
	rc = folders_walk(store, folder, fn, user, err);
	close(folder);
	return rc;
}
