/*
 * Sweeps and trials as Azure's commands show runs ("az ml run") and jobs
 * ("az ml job"): JSON with Azure's names and words. What a service alone would
 * know (tokens, addresses, users) is left out.
 */
#ifndef HDRIVE_RECORD_H
#define HDRIVE_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/report.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

enum hd_record_form {
	HD_RECORD_RUN, /* run_id, parent_run_id, run_type, ... */
	HD_RECORD_JOB, /* name, type, experiment_name, ... */
};

/* In place of a trial's number: the sweep itself. */
#define HD_RECORD_SWEEP (-1)

/*
 * The sweep, and the trial of it or HD_RECORD_SWEEP, that WORD names: an id of
 * a trial ("HD_<guid>_7"), or what hd_store_find_sweep takes, with "/7" or
 * "_7" behind it for a trial.
 */
HD_API int hd_record_find(struct hd_store *store, const char *word,
			  int64_t *sweep, int64_t *trial, struct hd_error *err);

/* One record, a line of JSON. */
HD_API int hd_record_show(struct hd_store *store, enum hd_record_form form,
			  int64_t sweep, int64_t trial, const struct hd_out *out,
			  struct hd_error *err);

/* Zeroed is all. */
struct hd_record_query {
	size_t last;            /* at most so many, the newest; 0: all */
	const char *status;     /* one of Azure's words */
	const char *experiment; /* its name */
	const char *target;
	const char *const *tags; /* "name=value": all of them */
	size_t tag_count;
	bool minimal; /* of runs: RunId, RunType, Status, ... alone */
};

/* Whether WORD is a status, however few runs here ever have it. */
HD_API bool hd_record_is_status(const char *word);
/* Sweeps, newest first, as a JSON list. */
HD_API int hd_record_list(struct hd_store *store, enum hd_record_form form,
			  const struct hd_record_query *query,
			  const struct hd_out *out, struct hd_error *err);
/* The trials of SWEEP in order of their numbers. */
HD_API int hd_record_children(struct hd_store *store, enum hd_record_form form,
			      int64_t sweep, const struct hd_record_query *query,
			      const struct hd_out *out, struct hd_error *err);
/*
 * [{"name":...,"created_utc":...,"runs":...}] of those that sweeps name and
 * those created; or the object of the one called NAME alone.
 */
HD_API int hd_record_experiments(struct hd_store *store, const char *name,
				 const struct hd_out *out, struct hd_error *err);

HD_END_DECLS

#endif
