/*
 * Ends of trials that outlive a power loss, without the loop waiting for the
 * disk: the log is synced by a worker, ends that come meanwhile are the next
 * one's.
 *
 * Invariant: a worker has a descriptor and gives back an errno (STYLE 1.3); the
 * connection stays the loop's.
 */
#include "sweep/sweep_private.h"

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

static void on_worked(uv_work_t *work, int status)
{
	struct hd_sweep *sweep = work->data;
	int rc = 0;

	(void)status; /* nobody cancels it */
	close(sweep->flush_log);
	sweep->flush_log = -1;
	/* The log's last error is told once for each descriptor: asked again,
	 * the disk would say that all is well. */
	if (sweep->flush_error)
		rc = hd_store_unsynced(sweep->store, sweep->flush_error,
				       &sweep->error);
	if (atomic_load(&sweep->ending))
		sweep->rc = sweep->rc < 0 ? sweep->rc : rc; /* nothing runs */
	else if (rc < 0)
		hd_sweep_give_up(sweep, rc);
	else
		hd_sweep_arm_flush(sweep);
}

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
	if (hd_core_wants_sync(sweep->core) && sweep->flush_log < 0 &&
	    !uv_is_active((uv_handle_t *)&sweep->sync))
		uv_timer_start(&sweep->sync, on_time, SYNC_MS, 0);
}
