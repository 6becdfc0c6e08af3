/* Tests of engine/api/curve.c and curves.c: values of metrics, fewer of them. */
#include "apibox.h"

#include "api/curve.h"

/* --- fewer points ----------------------------------------------------------- */

/* COUNT points of a wave; x is the index. */
static struct hd_curve wave(size_t count)
{
	struct hd_curve curve = { NULL, NULL, 0, 0, 0 };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(hd_curve_add(&curve, (double)i, sin((double)i * 0.7)), 0);
	return curve;
}

static void a_short_curve_stays_as_it_is(void **state)
{
	struct hd_curve curve = wave(300);

	(void)state;
	hd_curve_thin(&curve, 300);
	assert_int_equal(curve.count, 300);
	assert_int_equal(curve.logged, 300);
	hd_curve_release(&curve);
}

static void never_more_points_than_asked_for(void **state)
{
	(void)state;
	for (size_t count = 0; count < 60; count++)
		for (size_t most = 2; most < 20; most++) {
			struct hd_curve curve = wave(count);

			hd_curve_thin(&curve, most);
			assert_true(curve.count <= most);
			assert_int_equal(curve.logged, count);
			for (size_t i = 1; i < curve.count; i++)
				assert_true(curve.x[i] > curve.x[i - 1]);
			if (count > 0) {
				assert_true(curve.x[0] == 0);
				assert_true(curve.x[curve.count - 1] == (double)(count - 1));
			}
			hd_curve_release(&curve);
		}
}

static void a_lone_peak_is_kept(void **state)
{
	struct hd_curve curve = { NULL, NULL, 0, 0, 0 };
	bool peak = false, pit = false;

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(hd_curve_add(&curve, (double)i,
					      i == 77777 ? 9 : i == 1234 ? -9
									 : 0),
				 0);
	hd_curve_thin(&curve, 300);
	assert_true(curve.count <= 300);
	for (size_t i = 0; i < curve.count; i++) {
		peak = peak || (curve.x[i] == 77777 && curve.y[i] == 9);
		pit = pit || (curve.x[i] == 1234 && curve.y[i] == -9);
	}
	assert_true(peak && pit);
	hd_curve_release(&curve);
}

/* Of each stretch by itself, looked for in the dull way. */
static void each_stretch_keeps_its_least_and_greatest(void **state)
{
	struct hd_curve whole = wave(1002), curve = wave(1002);

	(void)state;
	hd_curve_thin(&curve, 22); /* ten stretches of 100 */
	for (size_t stretch = 0; stretch < 10; stretch++) {
		double least = INFINITY, most = -INFINITY;
		size_t found = 0;

		for (size_t i = 1 + stretch * 100; i < 101 + stretch * 100; i++) {
			least = fmin(least, whole.y[i]);
			most = fmax(most, whole.y[i]);
		}
		for (size_t i = 0; i < curve.count; i++)
			if (curve.x[i] >= 1 + (double)stretch * 100 &&
			    curve.x[i] < 101 + (double)stretch * 100)
				found += curve.y[i] == least || curve.y[i] == most;
		assert_int_equal(found, 2);
	}
	hd_curve_release(&whole);
	hd_curve_release(&curve);
}

static void nan_is_a_gap_and_no_extreme(void **state)
{
	struct hd_curve curve = { NULL, NULL, 0, 0, 0 };
	size_t gaps = 0, numbers = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		hd_curve_add(&curve, (double)i, i >= 500 || i % 2 ? NAN : (double)i);
	hd_curve_thin(&curve, 42);
	for (size_t i = 0; i < curve.count; i++) {
		gaps += isnan(curve.y[i]);
		numbers += !isnan(curve.y[i]);
	}
	/* Ten stretches of numbers with holes, ten of nothing, and the ends. */
	assert_int_equal(numbers, 21);
	assert_int_equal(gaps, 11);
	hd_curve_release(&curve);
}

/* --- the routes --------------------------------------------------------------- */

static const struct hd_json *curve_of(struct apibox *a, const char *path, size_t index)
{
	return hd_json_at(hd_json_get(api_get(a, path), "curves"), index);
}

static void curves_are_of_the_primary_metric_and_the_best(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	for (size_t i = 0; i < 3; i++)
		api_log(a, api_trial(a, i, "{}"), 1, 2, (double)i);
	api_trial(a, 3, "{}");
	box_commit(&a->box);
	it = api_get(a, "sweeps/a/curves");
	expect_json(it, "metric", "\"acc\"");
	assert_int_equal(hd_json_count(hd_json_get(it, "curves")), 3);
	it = hd_json_at(hd_json_get(it, "curves"), 0);
	expect_json(it, NULL, "{\"trial\":2,\"count\":2,\"x\":[1,2],\"y\":[3,4]}");
	a->arguments[0] = "trials";
	a->arguments[1] = "best:1";
	assert_int_equal(hd_json_count(hd_json_get(api_get(a, "sweeps/a/curves"), "curves")), 1);
	a->arguments[1] = "3,0,99";
	it = curve_of(a, "sweeps/a/curves", 0);
	expect_json(it, NULL, "{\"trial\":3,\"count\":0,\"x\":[],\"y\":[]}");
	a->arguments[2] = "metric";
	a->arguments[3] = "loss";
	it = curve_of(a, "sweeps/a/curves", 1);
	expect_json(it, NULL, "{\"trial\":0,\"count\":2,\"x\":[1,2],\"y\":[1,0.5]}");
	a->arguments[3] = "<nobody>";
	it = curve_of(a, "sweeps/a/curves", 1);
	expect_json(it, "y", "[]");
}

static void running_trials_are_those_that_run_now(void **state)
{
	struct apibox *a = *state;

	three_trials(a);
	a->arguments[0] = "trials";
	a->arguments[1] = "running";
	expect_json(curve_of(a, "sweeps/a/curves", 0), "trial", "1");
	assert_null(curve_of(a, "sweeps/a/curves", 1));
}

static void a_step_is_the_place_of_its_value(void **state)
{
	struct apibox *a = *state;
	struct hd_metric metric = box_metric("acc", INFINITY);
	int64_t key;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	key = api_trial(a, 0, "{}");
	metric.has_step = true;
	metric.step = 500;
	ok(&a->box, hd_store_metric_insert(a->box.store, key, 1, &metric, 1, HD_TAIL_STDOUT, 1,
					   &a->box.err));
	metric.step = 1000;
	metric.value = NAN;
	ok(&a->box, hd_store_metric_insert(a->box.store, key, 2, &metric, 2, HD_TAIL_STDOUT, 1,
					   &a->box.err));
	box_commit(&a->box);
	a->arguments[0] = "trials";
	a->arguments[1] = "0";
	expect_json(curve_of(a, "sweeps/a/curves", 0), NULL,
		    "{\"trial\":0,\"count\":2,\"x\":[500,1000],\"y\":[null,null]}");
}

static void a_trial_shows_each_metric_thinned(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;
	int64_t key;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	key = api_trial(a, 0, "{}");
	api_log(a, key, 1, 400, 0);
	box_log(&a->box, key, 900, "<script>", 1, 0);
	box_commit(&a->box);
	a->arguments[0] = "points";
	a->arguments[1] = "10";
	it = hd_json_get(api_get(a, "sweeps/a/trials/0/metrics"), "metrics");
	assert_int_equal(hd_json_count(it), 3);
	expect_json(hd_json_at(it, 0), "name", "\"acc\"");
	expect_json(hd_json_at(it, 0), "count", "400");
	assert_in_range(hd_json_count(hd_json_get(hd_json_at(it, 0), "x")), 2, 10);
	expect_json(hd_json_at(it, 2), "name", "\"<script>\"");
	api_refuses(a, "sweeps/a/trials/1/metrics", HD_ENOENT, "no trial 1");
}

static void what_asks_for_too_much_is_refused(void **state)
{
	static const char *const wrong[] = { "x", "", ",", "1,", "1,,2", "-1", "1 2", "best",
					     "best:", "best:0", "best:1001", "best:x", "1e3",
					     "18446744073709551616" };
	struct apibox *a = *state;
	struct hd_buf list = HD_BUF_INIT;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	for (size_t i = 0; i < 1001; i++)
		api_trial(a, i, "{}");
	box_commit(&a->box);
	a->arguments[0] = "trials";
	for (size_t i = 0; i < ROWS(wrong); i++) {
		a->arguments[1] = wrong[i];
		api_refuses(a, "sweeps/a/curves", HD_EINVAL, "'");
	}
	/* Ten thousand numbers, most of them of no trial. */
	for (size_t i = 0; i < 10000; i++)
		hd_buf_printf(&list, "%s%zu", i ? "," : "", i);
	a->arguments[1] = hd_buf_text(&list);
	api_refuses(a, "sweeps/a/curves", HD_ELIMIT, "at most 1000");
	hd_buf_release(&list);
	a->arguments[0] = "points";
	a->arguments[1] = "1";
	api_refuses(a, "sweeps/a/curves", HD_EINVAL, "'points' must be a whole number from 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_curve_stays_as_it_is),
		cmocka_unit_test(never_more_points_than_asked_for),
		cmocka_unit_test(a_lone_peak_is_kept),
		cmocka_unit_test(each_stretch_keeps_its_least_and_greatest),
		cmocka_unit_test(nan_is_a_gap_and_no_extreme),
		api_test(curves_are_of_the_primary_metric_and_the_best),
		api_test(running_trials_are_those_that_run_now),
		api_test(a_step_is_the_place_of_its_value),
		api_test(a_trial_shows_each_metric_thinned),
		api_test(what_asks_for_too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
