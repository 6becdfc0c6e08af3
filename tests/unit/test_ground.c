/*
 * Sweeps whose folder is not beside the store but where their target wants it:
 * engine/sweep/place.c and source.c, and that hd_gc finds it there.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "storebox.h"

#include <hdrive/gc.h>
#include <hdrive/sweep.h>

#include <limits.h>

struct settings {
	const char *folder;
};

static const char *ground_of(const void *settings)
{
	return ((const struct settings *)settings)->folder;
}

/* A place whose trials read a file of their source and are done. */
struct reader {
	const struct hd_backend_host *host;
	size_t trial;
	bool is_due;
};

static int reader_open(void *state, const struct hd_backend_host *host,
		       struct hd_error *err)
{
	struct reader *reader = state;

	(void)err;
	reader->host = host;
	return 0;
}

static int reader_launch(void *state, const struct hd_launch *launch,
			 struct hd_error *err)
{
	struct reader *reader = state;
	char path[600], text[16] = "", metrics[600];
	FILE *file;

	(void)err;
	snprintf(path, sizeof path, "%s/given", launch->workdir);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof text, file));
	fclose(file);
	assert_string_equal(text, "given");
	snprintf(metrics, sizeof metrics, "%s/metrics", launch->folder);
	assert_int_equal(hd_metric_append(metrics, "loss", 1, false, 0, NULL), 0);
	reader->trial = launch->trial;
	reader->is_due = true;
	reader->host->started(reader->host->user, launch->trial, 0, 0);
	reader->host->wake(reader->host->user);
	return 0;
}

static void reader_poll(void *state)
{
	struct reader *reader = state;

	if (!reader->is_due)
		return;
	reader->is_due = false;
	reader->host->ended(reader->host->user, reader->trial,
			    &(struct hd_exit){ .known = true });
}

static void reader_stop(void *state, size_t trial, bool now)
{
	(void)state;
	(void)trial;
	(void)now;
}

static const struct hd_backend_type reader_type = {
	.name = "reader",
	.summary = "reads a file",
	.state_size = sizeof(struct reader),
	.settings_size = sizeof(struct settings),
	.is_remote = true,
	.ground = ground_of,
	.open = reader_open,
	.launch = reader_launch,
	.poll = reader_poll,
	.stop = reader_stop,
};

struct world {
	struct storebox box;
	struct hd_config *config;
	char ground[300], source[300];
	struct settings settings;
	struct hd_target target;
	struct hd_sweep_options options;
};

static int setup(void **state)
{
	static const char text[] =
		"sampling:\n  type: random\n  parameter_space:\n"
		"  - {name: --x, expression: uniform, values: [0, 1]}\n"
		"primary_metric_name: loss\nprimary_metric_goal: minimize\n"
		"max_concurrent_runs: 1\nmax_total_runs: 2\n";
	static const char *const command[] = { "true" };
	static const char *const environment[] = { NULL };
	struct world *world = calloc(1, sizeof *world);
	struct hd_findings *findings = hd_findings_new();
	char path[400];
	FILE *file;

	assert_non_null(world);
	box_open(&world->box);
	ok(&world->box, hd_config_parse(&world->config, text, strlen(text), "t.yml", NULL,
					findings, &world->box.err));
	hd_findings_free(findings);
	snprintf(world->ground, sizeof world->ground, "%s/shared/disk", world->box.folder);
	snprintf(world->source, sizeof world->source, "%s/source", world->box.folder);
	assert_int_equal(mkdir(world->source, 0777), 0);
	snprintf(path, sizeof path, "%s/given", world->source);
	file = fopen(path, "w");
	fputs("given", file);
	fclose(file);
	world->settings.folder = world->ground;
	world->target = (struct hd_target){ "far", &reader_type, &world->settings };
	world->options = (struct hd_sweep_options){ .size = sizeof world->options,
						    .name = "moved",
						    .has_seed = true,
						    .source = world->source,
						    .launcher = TEST_BUILD "/hdrive-launch",
						    .command = command,
						    .command_count = 1,
						    .environment = environment,
						    .target = &world->target };
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	hd_config_free(world->config);
	box_close(&world->box);
	free(world);
	return 0;
}

static struct hd_sweep *run(struct world *world)
{
	struct hd_sweep *sweep;

	ok(&world->box, hd_sweep_new(&sweep, world->box.store, world->config,
				     &world->options, &world->box.err));
	ok(&world->box, hd_sweep_run(sweep, &world->box.err));
	return sweep;
}

/* Where the link beside the store leads. */
static void moved_to(const struct world *world, char *path)
{
	char link[400];
	char *real;

	snprintf(link, sizeof link, "%s/moved", hd_store_folder(world->box.store));
	real = realpath(link, NULL);
	assert_non_null(real);
	snprintf(path, 400, "%s", real);
	free(real);
}

static void trials_and_their_source_lie_where_the_target_wants_them(void **state)
{
	struct world *world = *state;
	struct hd_sweep *sweep = run(world);
	struct hd_sweep_summary summary;
	char folder[400], path[500];
	struct stat info;

	hd_sweep_summary(sweep, &summary);
	assert_int_equal(summary.counts[HD_TRIAL_COMPLETED], 2);
	hd_sweep_free(sweep);
	moved_to(world, folder);
	assert_memory_equal(folder, world->ground, strlen(world->ground));
	snprintf(path, sizeof path, "%s/000001/metrics", folder);
	assert_int_equal(stat(path, &info), 0);
	/* A copy: what reads it may not see the store's folder. */
	snprintf(path, sizeof path, "%s/source", folder);
	assert_int_equal(lstat(path, &info), 0);
	assert_true(S_ISDIR(info.st_mode));
}

static int count_row(void *user, const struct hd_gc_row *row)
{
	assert_int_equal(row->failed, 0);
	*(uint64_t *)user += row->bytes;
	return 0;
}

static void what_is_removed_goes_there_too(void **state)
{
	const struct hd_gc_rule rule = { .sweeps = true, .removes = true };
	struct world *world = *state;
	char folder[400], link[400];
	uint64_t bytes = 0;
	struct stat info;

	hd_sweep_free(run(world));
	moved_to(world, folder);
	ok(&world->box, hd_gc(world->box.store, &rule, NULL, 0, count_row, &bytes,
			      &world->box.err));
	assert_true(bytes > 0);
	assert_int_equal(stat(folder, &info), -1);
	assert_int_equal(stat(world->ground, &info), 0);
	snprintf(link, sizeof link, "%s/moved", hd_store_folder(world->box.store));
	assert_int_equal(lstat(link, &info), -1);
}

/* Somebody put a link in the place of the sweep's folder. */
static void a_link_that_is_called_otherwise_is_not_followed(void **state)
{
	const struct hd_gc_rule rule = { .sweeps = true, .removes = true };
	struct world *world = *state;
	char link[400], folder[400];
	uint64_t bytes = 0;
	struct stat info;

	hd_sweep_free(run(world));
	moved_to(world, folder);
	snprintf(link, sizeof link, "%s/moved", hd_store_folder(world->box.store));
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink(world->source, link), 0);
	ok(&world->box, hd_gc(world->box.store, &rule, NULL, 0, count_row, &bytes,
			      &world->box.err));
	assert_int_equal(stat(world->source, &info), 0);
	assert_int_equal(stat(folder, &info), 0);
}

/* Else each snapshot would take in what the sweeps before it left. */
static void a_ground_in_the_source_is_no_part_of_it(void **state)
{
	struct world *world = *state;
	char first[400], second[PATH_MAX], path[500];
	struct stat info;

	snprintf(world->ground, sizeof world->ground, "%s/sweeps", world->source);
	hd_sweep_free(run(world));
	moved_to(world, first);
	world->options.name = "second";
	hd_sweep_free(run(world));
	snprintf(path, sizeof path, "%s/second", hd_store_folder(world->box.store));
	assert_non_null(realpath(path, second));
	snprintf(path, sizeof path, "%s/source/given", second);
	assert_int_equal(lstat(path, &info), 0);
	snprintf(path, sizeof path, "%s/source/sweeps", second);
	assert_int_equal(lstat(path, &info), -1);
}

static void a_name_that_is_taken_leaves_nothing(void **state)
{
	struct world *world = *state;
	struct hd_sweep *sweep;
	DIR *dir;
	size_t count = 0;

	hd_sweep_free(run(world));
	assert_int_equal(hd_sweep_new(&sweep, world->box.store, world->config,
				      &world->options, &world->box.err),
			 HD_EEXIST);
	dir = opendir(world->ground);
	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	assert_int_equal(count, 3); /* ".", "..", and the one that is there */
}

/* An engine was killed between the link and the row. */
static void what_a_killed_engine_left_is_taken(void **state)
{
	struct world *world = *state;
	char left[400], link[400], folder[400];

	snprintf(left, sizeof left, "%s/left", world->box.folder);
	snprintf(link, sizeof link, "%s/moved", hd_store_folder(world->box.store));
	assert_int_equal(mkdir(left, 0777), 0);
	assert_int_equal(symlink(left, link), 0);
	hd_sweep_free(run(world));
	moved_to(world, folder);
	assert_non_null(strstr(folder, "/left"));
}

/* By the link, though its settings may say another folder by now. */
static void a_resume_finds_it(void **state)
{
	struct world *world = *state;
	struct hd_sweep *sweep;
	struct hd_sweep_summary summary;
	static const char *const sets[] = { "max_total_runs=3" };
	char folder[400], path[500];
	struct stat info;

	hd_sweep_free(run(world));
	moved_to(world, folder);
	world->settings.folder = world->source;
	world->options.sets = sets;
	world->options.set_count = 1;
	ok(&world->box, hd_sweep_resume(&sweep, world->box.store, 1, &world->options,
					&world->box.err));
	ok(&world->box, hd_sweep_run(sweep, &world->box.err));
	hd_sweep_summary(sweep, &summary);
	assert_int_equal(summary.counts[HD_TRIAL_COMPLETED], 3);
	hd_sweep_free(sweep);
	snprintf(path, sizeof path, "%s/000002/metrics", folder);
	assert_int_equal(lstat(path, &info), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			trials_and_their_source_lie_where_the_target_wants_them, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_is_removed_goes_there_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_link_that_is_called_otherwise_is_not_followed,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_ground_in_the_source_is_no_part_of_it, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_name_that_is_taken_leaves_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_a_killed_engine_left_is_taken, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_resume_finds_it, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
