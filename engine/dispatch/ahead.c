/* openat and its like. */
#define _XOPEN_SOURCE 700

#include "dispatch/ahead.h"

#include "dispatch/spare.h"
#include "dispatch/workdir.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define NAME_SIZE 24

enum state {
	STATE_PLANNED,
	STATE_MAKING, /* a worker is at it */
	STATE_READY,
	STATE_SPOILT, /* half made, or somebody else's */
};

struct folder {
	size_t trial;
	enum state state;
};

struct hd_ahead {
	uv_loop_t *loop;
	struct hd_workdir *workdir;
	int above; /* the sweep's folder */

	uv_mutex_t lock; /* of the list */
	uv_cond_t made;  /* one is no more in the making */
	struct folder list[HD_AHEAD_MOST];
	size_t count;

	/* The loop's. */
	uv_work_t work;
	bool is_working; /* until the loop has heard of its end */
	void (*done)(void *user);
	void *done_user;
};

static void name_make(char name[NAME_SIZE], size_t trial)
{
	snprintf(name, NAME_SIZE, "%06zu", trial);
}

static struct folder *list_find(struct hd_ahead *ahead, size_t trial)
{
	for (size_t i = 0; i < ahead->count; i++)
		if (ahead->list[i].trial == trial)
			return &ahead->list[i];
	return NULL;
}

static void list_remove(struct hd_ahead *ahead, struct folder *folder)
{
	*folder = ahead->list[--ahead->count];
}

/* --- making ---------------------------------------------------------------- */

/* The next one that nobody has begun, the least first; false for none. */
static bool begin(struct hd_ahead *ahead, size_t *trial)
{
	struct folder *next = NULL;

	uv_mutex_lock(&ahead->lock);
	for (size_t i = 0; i < ahead->count; i++) {
		struct folder *folder = &ahead->list[i];

		if (folder->state == STATE_PLANNED &&
		    (!next || folder->trial < next->trial))
			next = folder;
	}
	if (next) {
		next->state = STATE_MAKING;
		*trial = next->trial;
	}
	uv_mutex_unlock(&ahead->lock);
	return next != NULL;
}

/* Found again: others may have left the list, this one does not. */
static void end(struct hd_ahead *ahead, size_t trial, bool is_ready)
{
	uv_mutex_lock(&ahead->lock);
	list_find(ahead, trial)->state = is_ready ? STATE_READY : STATE_SPOILT;
	uv_cond_broadcast(&ahead->made);
	uv_mutex_unlock(&ahead->lock);
}

static void make_all(struct hd_ahead *ahead)
{
	char name[NAME_SIZE];
	size_t trial;

	while (begin(ahead, &trial)) {
		name_make(name, trial);
		end(ahead, trial,
		    hd_workdir_make_beside(ahead->workdir, ahead->above, name) == 1);
	}
}

static void on_work(uv_work_t *work)
{
	make_all(work->data);
}

static void ahead_free(struct hd_ahead *ahead);

static void on_worked(uv_work_t *work, int status)
{
	struct hd_ahead *ahead = work->data;
	void (*done)(void *user) = ahead->done;
	void *done_user = ahead->done_user;

	(void)status; /* nobody cancels it */
	ahead->is_working = false;
	hd_workdir_share(ahead->workdir, false);
	if (!done)
		return;
	ahead_free(ahead);
	done(done_user);
}

static void work_start(struct hd_ahead *ahead)
{
	hd_workdir_share(ahead->workdir, true);
	ahead->is_working = true;
	ahead->work.data = ahead;
	/* It fails for a missing function alone. */
	if (ahead->loop)
		uv_queue_work(ahead->loop, &ahead->work, on_work, on_worked);
	else
		make_all(ahead);
	if (!ahead->loop)
		on_worked(&ahead->work, 0);
}

/* Of trials that were drawn and not started: some never are. */
static void list_forget(struct hd_ahead *ahead, size_t first)
{
	size_t i = 0;

	while (i < ahead->count)
		if (ahead->list[i].trial < first &&
		    ahead->list[i].state != STATE_MAKING)
			list_remove(ahead, &ahead->list[i]);
		else
			i++;
}

/* Whether there is anything new to do. */
static bool list_plan(struct hd_ahead *ahead, size_t first, size_t count)
{
	size_t before = ahead->count;

	if (ahead->count == HD_AHEAD_MOST)
		list_forget(ahead, first);
	for (size_t trial = first; trial < first + count; trial++) {
		if (ahead->count == HD_AHEAD_MOST)
			break;
		if (!list_find(ahead, trial))
			ahead->list[ahead->count++] = (struct folder){ trial, STATE_PLANNED };
	}
	return ahead->count > before;
}

static size_t list_count(const struct hd_ahead *ahead, size_t first)
{
	size_t count = 0;

	for (size_t i = 0; i < ahead->count; i++)
		count += ahead->list[i].trial >= first;
	return count;
}

void hd_ahead_prepare(struct hd_ahead *ahead, size_t first, size_t count)
{
	bool is_wanted;

	if (!ahead || ahead->is_working || ahead->done)
		return;
	uv_mutex_lock(&ahead->lock);
	/* A worker is woken for several. */
	is_wanted = list_count(ahead, first) <= count / 2 && list_plan(ahead, first, count);
	uv_mutex_unlock(&ahead->lock);
	if (is_wanted)
		work_start(ahead);
}

bool hd_ahead_take(struct hd_ahead *ahead, size_t trial)
{
	struct folder *folder;
	bool is_ready = false;

	if (!ahead)
		return false;
	uv_mutex_lock(&ahead->lock);
	while ((folder = list_find(ahead, trial)) && folder->state == STATE_MAKING)
		uv_cond_wait(&ahead->made, &ahead->lock);
	if (folder) {
		is_ready = folder->state == STATE_READY;
		list_remove(ahead, folder);
	}
	uv_mutex_unlock(&ahead->lock);
	return is_ready;
}

/* --- what nobody took ------------------------------------------------------ */

static void unmake(const struct hd_ahead *ahead, size_t trial)
{
	char name[NAME_SIZE];

	name_make(name, trial);
	hd_workdir_unmake(ahead->above, name);
}

/* The highest number that a trial's folder has; false for none. */
static bool highest(const struct hd_ahead *ahead, size_t *number)
{
	int folder = openat(ahead->above, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = folder < 0 ? NULL : fdopendir(folder);
	struct dirent *entry;
	bool any = false;

	if (!list && folder >= 0)
		close(folder);
	while (list && (entry = readdir(list))) {
		size_t length = strspn(entry->d_name, "0123456789");
		size_t value;

		if (length < 6 || length > 18 || entry->d_name[length])
			continue;
		value = strtoull(entry->d_name, NULL, 10);
		*number = any && *number > value ? *number : value;
		any = true;
	}
	if (list)
		closedir(list);
	return any;
}

/* An engine that was killed left no more than this, past all that it drew. */
static void unmake_left(const struct hd_ahead *ahead)
{
	size_t number;

	if (!highest(ahead, &number))
		return;
	for (size_t i = 0; i < 2 * HD_AHEAD_MOST && i <= number; i++)
		unmake(ahead, number - i);
}

/* --- opening and closing ---------------------------------------------------- */

struct hd_ahead *hd_ahead_open(void *loop, struct hd_workdir *workdir,
			       const struct hd_spare *spare)
{
	struct hd_ahead *ahead = spare ? calloc(1, sizeof *ahead) : NULL;

	if (!ahead)
		return NULL;
	ahead->loop = loop;
	ahead->workdir = workdir;
	ahead->above = hd_spare_above(spare);
	if (uv_mutex_init(&ahead->lock) < 0) {
		free(ahead);
		return NULL;
	}
	if (uv_cond_init(&ahead->made) < 0) {
		uv_mutex_destroy(&ahead->lock);
		free(ahead);
		return NULL;
	}
	if (hd_spare_was_left(spare))
		unmake_left(ahead);
	return ahead;
}

/* No worker is at it. */
static void ahead_free(struct hd_ahead *ahead)
{
	for (size_t i = 0; i < ahead->count; i++) {
		assert(ahead->list[i].state != STATE_MAKING);
		if (ahead->list[i].state != STATE_PLANNED)
			unmake(ahead, ahead->list[i].trial);
	}
	uv_cond_destroy(&ahead->made);
	uv_mutex_destroy(&ahead->lock);
	free(ahead);
}

static void list_drop_planned(struct hd_ahead *ahead)
{
	size_t i = 0;

	uv_mutex_lock(&ahead->lock);
	while (i < ahead->count)
		if (ahead->list[i].state == STATE_PLANNED)
			list_remove(ahead, &ahead->list[i]);
		else
			i++;
	uv_mutex_unlock(&ahead->lock);
}

void hd_ahead_close(struct hd_ahead *ahead, void (*done)(void *user), void *user)
{
	if (ahead && ahead->is_working) {
		list_drop_planned(ahead);
		ahead->done = done;
		ahead->done_user = user;
		return;
	}
	if (ahead)
		ahead_free(ahead);
	done(user);
}
