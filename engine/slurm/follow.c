/*
 * What an attempt's files tell: that it runs, that they have grown, that it has
 * ended. They come over a network's file system, whose client remembers for some
 * seconds that a file was not there; opening the folder has it ask again.
 */
/* fstatat */
#define _XOPEN_SOURCE 700

#include "slurm/slurm.h"

#include "dispatch/record_format.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tries to read a record that is there, before it is none. */
#define UNREAD_MOST 10
/* Seconds between looks at one that waits in the queue: squeue tells sooner. */
#define WAITING_PAUSE 5.0
/* Looks a second at the files of all. */
#define LOOKS_A_SECOND 500.0

static void state_look(struct hd_slurm_attempt *attempt, int at)
{
	struct stat now;

	if (fstatat(at, HD_RECORD_STATE, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	attempt->claimed = true;
	if (now.st_mtim.tv_sec != attempt->beat.tv_sec ||
	    now.st_mtim.tv_nsec != attempt->beat.tv_nsec)
		attempt->heard = hd_slurm_now(attempt->slurm);
	attempt->beat = now.st_mtim;
	hd_slurm_attempt_started(attempt);
}

static void output_look(struct hd_slurm_attempt *attempt, int at)
{
	static const char *const names[] = { "stdout", "stderr", "metrics" };
	struct hd_slurm *slurm = attempt->slurm;
	bool has_grown = false;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct stat now;

		if (fstatat(at, names[i], &now, AT_SYMLINK_NOFOLLOW) < 0 ||
		    now.st_size == attempt->sizes[i])
			continue;
		attempt->sizes[i] = now.st_size;
		has_grown = true;
	}
	if (has_grown)
		slurm->host.output(slurm->host.user, attempt->trial);
}

static void record_look(struct hd_slurm_attempt *attempt, int at)
{
	struct hd_record *record;
	struct stat now;

	if (attempt->record || fstatat(at, HD_RECORD_EXIT, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	record = malloc(sizeof *record);
	if (!record)
		return;
	if (hd_record_read_attempt(record, attempt->folder, attempt->number, NULL) == 0) {
		attempt->record = record;
		attempt->record_at = hd_slurm_now(attempt->slurm);
		attempt->claimed = true;
		return;
	}
	free(record);
	attempt->unread++;
}

void hd_slurm_follow(struct hd_slurm_attempt *attempt)
{
	int at;

	if (attempt->phase == HD_SLURM_QUEUED)
		return;
	attempt->looked = hd_slurm_now(attempt->slurm);
	at = open(attempt->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at >= 0) {
		state_look(attempt, at);
		/* Before its end is looked for: what came before that is complete. */
		if (attempt->unread < UNREAD_MOST)
			record_look(attempt, at);
		output_look(attempt, at);
		close(at);
	}
	hd_slurm_judge(attempt);
}

void hd_slurm_follow_due(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;
	double pause = (double)slurm->count / LOOKS_A_SECOND;

	if (pause < 1)
		pause = 0;
	if (attempt->state == HD_SLURM_PENDING && !attempt->started && pause < WAITING_PAUSE)
		pause = WAITING_PAUSE;
	if (hd_slurm_now(slurm) - attempt->looked >= pause)
		hd_slurm_follow(attempt);
}
