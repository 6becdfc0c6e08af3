/* Rows of the store as reports show them: shared by the reports. */
#ifndef HD_REPORT_ROWS_H
#define HD_REPORT_ROWS_H

#include "report/out.h"

/* "Running", or "Running (engine gone)" when nobody runs it any more. */
const char *hd_rows_sweep_state(const struct hd_sweep_row *row);
bool hd_rows_sweep_is_over(const struct hd_sweep_row *row);
/* When it began: its creation, for one that never said. */
int64_t hd_rows_started(const struct hd_sweep_row *row);
/* Trials that ended, whatever became of them. */
size_t hd_rows_ended(const size_t counts[HD_TRIAL_STATES]);
size_t hd_rows_running(const size_t counts[HD_TRIAL_STATES]);

/* "--lr 0.1 --units 64" from a parameters object; QUOTE for a shell, else
 * made harmless for a terminal. */
void hd_rows_args(struct hd_pen *pen, const char *parameters, bool quote);
struct hd_json;
/* "lr=0.1" lines from a parameters object, quoted for a shell; 0 or
 * HD_ENOMEM. */
int hd_rows_env(struct hd_pen *pen, const struct hd_json *parameters);
/* The trial's state as people read it: "Paused" for what is stored as Canceled. */
const char *hd_rows_trial_state(const struct hd_trial_row *row);
/* The members of a sweep's or trial's JSON object, without the braces. */
void hd_rows_sweep_json(struct hd_pen *pen, const struct hd_sweep_row *row);
void hd_rows_trial_json(struct hd_pen *pen, const struct hd_trial_row *row);
/* The same of what a policy decided. */
void hd_rows_decision_json(struct hd_pen *pen, const struct hd_decision_row *row);
/* hd_report_trial's JSON without the metrics, which may be a million. */
int hd_rows_trial_report(struct hd_store *store, int64_t sweep, size_t number,
			 const struct hd_out *out, struct hd_error *err);

/* "name    " in a column of its own, as every block of facts has it. */
void hd_rows_label(struct hd_pen *pen, const char *label);

#endif
