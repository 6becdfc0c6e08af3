/*
 * Ends of trials that outlive a power loss, without the loop waiting for the
 * disk: the log is synced by a worker, ends that come meanwhile are the next
 * one's. Another one copies the log into the store when it has become long.
 *
 * Invariant: a worker has a descriptor, or a path, and gives back an errno
 * (STYLE 1.3); the connection stays the loop's.
 */
#include "sweep/sweep_private.h"

#include "store/log.h"
#include "store/store.h"

#include <errno.h>
#include <unistd.h>

/* Ends share an fsync: a power loss undoes at most this much, and what came
 * while the disk was at the last one. */
#define SYNC_MS 100

static void on_work(uv_work_t *work)
{
	struct hd_sweep *sweep = work->data;

	sweep->flush_error = fdatasync(sweep->flush_log) < 0 ? errno : 0;
}

/* The log's last error is told once for each descriptor: asked again, the disk
 * would say that all is well. */
static void disk_failed(struct hd_sweep *sweep, int number)
{
	int rc;

	if (sweep->rc < 0)
		return;
	rc = hd_store_unsynced(sweep->store, number, &sweep->error);
	if (atomic_load(&sweep->ending))
		sweep->rc = rc; /* nothing runs */
	else
		hd_sweep_give_up(sweep, rc);
}

static void on_worked(uv_work_t *work, int status)
{
	struct hd_sweep *sweep = work->data;

	(void)status; /* nobody cancels it */
	close(sweep->flush_log);
	sweep->flush_log = -1;
	if (sweep->flush_error)
		disk_failed(sweep, sweep->flush_error);
	else if (!atomic_load(&sweep->ending))
		hd_sweep_arm_flush(sweep);
}

/* --- the log into the store ------------------------------------------------ */

static void on_copy(uv_work_t *work)
{
	struct hd_sweep *sweep = work->data;

	sweep->copy_error = hd_store_copy_log(sweep->copy_path);
}

static void on_copied(uv_work_t *work, int status)
{
	struct hd_sweep *sweep = work->data;

	(void)status; /* nobody cancels it */
	sweep->copy_path = NULL;
	if (sweep->copy_error)
		disk_failed(sweep, sweep->copy_error);
	else if (!atomic_load(&sweep->ending))
		hd_store_copy_end(sweep->store);
}

static void copy_arm(struct hd_sweep *sweep)
{
	if (sweep->copy_path || sweep->rc < 0 || !hd_store_log_is_long(sweep->store))
		return;
	sweep->copy_path = hd_store_copy_begin(sweep->store);
	sweep->copy.data = sweep;
	/* It fails for a missing function alone. */
	uv_queue_work(&sweep->loop, &sweep->copy, on_copy, on_copied);
}

/* --- when ------------------------------------------------------------------- */

static void on_time(uv_timer_t *timer)
{
	struct hd_sweep *sweep = timer->data;
	int rc;

	if (sweep->rc < 0)
		return;
	sweep->flush_log = hd_core_sync_later(sweep->core);
	if (sweep->flush_log >= 0) {
		sweep->flush.data = sweep;
		/* It fails for a missing function alone. */
		uv_queue_work(&sweep->loop, &sweep->flush, on_work, on_worked);
		return;
	}
	rc = hd_core_sync(sweep->core, &sweep->error);
	if (rc < 0)
		hd_sweep_give_up(sweep, rc);
}

void hd_sweep_arm_flush(struct hd_sweep *sweep)
{
	copy_arm(sweep);
	if (hd_core_wants_sync(sweep->core) && sweep->flush_log < 0 &&
	    !uv_is_active((uv_handle_t *)&sweep->sync))
		uv_timer_start(&sweep->sync, on_time, SYNC_MS, 0);
}
