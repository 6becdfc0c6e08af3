/*
 * How many metric rows a second go into the store, as the engine puts them
 * there: 64 trials in turn, a commit every 10 ms with each touched trial's
 * best and file offsets. Beside it the floor, in the same run: one prepared
 * INSERT of the same row into the same table, in one transaction.
 *
 * DESIGN holds 80,000 rows a second. Figures to read, never a test.
 */
#include "storebox.h"

#include "base/time.h"

enum { TRIALS = 64,
       ROWS_ALL = 400000 };

static double next_value(uint64_t *bits)
{
	*bits = *bits * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (double)(*bits >> 11) / 9007199254740992.0;
}

static void turn_end(struct storebox *box, const int64_t *trials,
		     struct hd_tail_place (*stored)[HD_TAIL_SOURCES], size_t row)
{
	struct hd_tail_place places[HD_TAIL_SOURCES] = { { (int64_t)row * 40, (int64_t)row } };

	for (size_t i = 0; i < TRIALS; i++) {
		ok(box, hd_store_trial_metric(box->store, trials[i], row, 0.9,
					      0.5, 0.9, BOX_TIME, &box->err));
		ok(box, hd_store_trial_places(box->store, trials[i], places,
					      stored[i], &box->err));
	}
	box_commit(box);
}

static void ingest(struct storebox *box, const int64_t *trials, int *commits)
{
	static const char *const names[] = { "accuracy", "loss", "val/accuracy", "val/loss" };
	struct hd_tail_place stored[TRIALS][HD_TAIL_SOURCES] = { 0 };
	size_t sequence[TRIALS] = { 0 };
	uint64_t bits = 1;
	int64_t turn = hd_time_steady();

	box_begin(box);
	for (size_t i = 0; i < ROWS_ALL; i++) {
		size_t trial = i / 4 % TRIALS;
		size_t row = ++sequence[trial];

		box_log(box, trials[trial], row, names[i % 4],
			next_value(&bits), i % 4 ? 0 : row / 4 + 1);
		if (i % 16 == 0 && hd_time_steady() - turn >= 10000) {
			turn_end(box, trials, stored, i);
			turn = hd_time_steady();
			box_begin(box);
			++*commits;
		}
	}
	turn_end(box, trials, stored, ROWS_ALL);
}

static double through_the_store(int *commits, double *bytes)
{
	int64_t trials[TRIALS], start, pages;
	struct storebox box;
	double seconds;

	box_open(&box);
	box_sweep_insert(&box, "HD_1", "bench", HD_MAXIMIZE);
	box_begin(&box);
	for (size_t i = 0; i < TRIALS; i++)
		trials[i] = box_trial(&box, i);
	box_commit(&box);
	start = hd_time_steady();
	ingest(&box, trials, commits);
	seconds = (double)(hd_time_steady() - start) / 1e6;
	ok(&box, hd_store_integer(box.store, "PRAGMA page_count", &pages,
				  &box.err));
	*bytes = (double)pages * 4096 / ROWS_ALL;
	box_close(&box);
	return seconds;
}

static void floor_step(sqlite3_stmt *stmt, size_t i, uint64_t *bits)
{
	sqlite3_bind_int64(stmt, 1, (int64_t)(i / 4 % TRIALS));
	sqlite3_bind_int64(stmt, 2, (int64_t)(i / 4 / TRIALS * 4 + i % 4));
	sqlite3_bind_int64(stmt, 3, (int64_t)(i % 4));
	sqlite3_bind_double(stmt, 4, next_value(bits));
	sqlite3_bind_null(stmt, 5);
	sqlite3_bind_null(stmt, 6);
	sqlite3_bind_int64(stmt, 7, 0);
	sqlite3_bind_int64(stmt, 8, 0);
	sqlite3_bind_int64(stmt, 9, 5);
	sqlite3_bind_int64(stmt, 10, BOX_TIME + (int64_t)i);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_reset(stmt);
}

static double the_floor(void)
{
	struct storebox box;
	sqlite3_stmt *stmt;
	uint64_t bits = 1;
	double seconds;
	int64_t start;

	box_open(&box);
	ok(&box, hd_store_exec(box.store, "PRAGMA foreign_keys = OFF",
			       &box.err));
	assert_int_equal(sqlite3_prepare_v2(box.store->db,
					    hd_stmt_sql(HD_STMT_METRIC_INSERT),
					    -1, &stmt, NULL),
			 SQLITE_OK);
	start = hd_time_steady();
	box_begin(&box);
	for (size_t i = 0; i < ROWS_ALL; i++)
		floor_step(stmt, i, &bits);
	box_commit(&box);
	seconds = (double)(hd_time_steady() - start) / 1e6;
	sqlite3_finalize(stmt);
	box_close(&box);
	return seconds;
}

int main(void)
{
	double bytes = 0, store, bare;
	int commits = 0;

	store = through_the_store(&commits, &bytes);
	bare = the_floor();
	printf("%d metric rows of %d trials, %d commits, %.1f bytes a row\n",
	       ROWS_ALL, TRIALS, commits, bytes);
	printf("%-26s %10s %9s\n", "", "rows/s", "of floor");
	printf("%-26s %10.0f %9.3f\n", "bare INSERT, one commit",
	       ROWS_ALL / bare, 1.0);
	printf("%-26s %10.0f %9.3f\n", "the store", ROWS_ALL / store,
	       bare / store);
	printf("%-26s %10s\n", "  hold", ">= 80000");
	return 0;
}
