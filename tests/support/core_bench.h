/*
 * A sweep's core turned by hand, with a backend that starts nothing and a clock
 * that stands still until told: thousands of trials, no process.
 */
#ifndef TESTS_SUPPORT_CORE_BENCH_H
#define TESTS_SUPPORT_CORE_BENCH_H

#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700 /* nftw */
#endif

#include "check.h"

#include "base/buf.h"
#include "store/private.h"
#include "store/store.h"
#include "sweep/core.h"

#include <fcntl.h>
#include <ftw.h>
#include <time.h>
#include <unistd.h>

#define MOST 4096

/* A trial that the fake backend pretends to run. */
struct fake_trial {
	bool running;
	bool unstarted; /* its launch never came about */
	unsigned attempt;
	bool stopped;
	char folder[512];
};

struct fake {
	const struct hd_backend_host *host;
	struct fake_trial trials[MOST];
	size_t launched;
	size_t running;
	size_t most_running;
	size_t adopted;
	size_t released;
	int refuse;     /* the code that launches fail with */
	double seconds; /* that trials ran; 0: a minute */
};

static struct fake fake;

static inline int fake_open(void *state, const struct hd_backend_host *host,
			    struct hd_error *err)
{
	(void)state;
	(void)err;
	fake.host = host;
	return 0;
}

/* An attempt's files are its own; the trial's others stay. */
static inline void fake_begin_files(const char *folder)
{
	static const char *const names[] = { "stdout", "metrics" };
	char path[600];

	for (size_t i = 0; i < ROWS(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
}

static inline int fake_launch(void *state, const struct hd_launch *launch,
			      struct hd_error *err)
{
	struct fake_trial *trial = &fake.trials[launch->trial];

	(void)state;
	if (fake.refuse)
		return hd_error_set(err, fake.refuse, "no more processes");
	trial->running = true;
	trial->stopped = false;
	snprintf(trial->folder, sizeof trial->folder, "%s", launch->folder);
	trial->attempt = launch->attempt;
	fake_begin_files(trial->folder);
	fake.launched++;
	fake.running++;
	if (fake.running > fake.most_running)
		fake.most_running = fake.running;
	fake.host->started(fake.host->user, launch->trial,
			   1000 + (int64_t)launch->trial, 1);
	return 0;
}

/* What an engine before this one left. */
static inline int fake_adopt(void *state, const struct hd_launch *launch,
			     struct hd_error *err)
{
	struct fake_trial *trial = &fake.trials[launch->trial];

	(void)state;
	(void)err;
	if (trial->unstarted) {
		trial->unstarted = trial->running = false;
		fake.running--;
		fake.launched--;
		return HD_ENOENT;
	}
	fake.adopted++;
	fake.host->started(fake.host->user, launch->trial,
			   1000 + (int64_t)launch->trial, 1);
	return 0;
}

static inline void fake_release(void *state, size_t trial)
{
	(void)state;
	(void)trial;
	fake.released++;
}

static inline void fake_stop(void *state, size_t trial, bool now)
{
	(void)state;
	(void)now;
	fake.trials[trial].stopped = true;
}

static inline void fake_close(void *state, void (*done)(void *user), void *user)
{
	(void)state;
	done(user);
}

static const struct hd_backend_type fake_backend = {
	.name = "fake",
	.summary = "starts nothing",
	.state_size = 1,
	.open = fake_open,
	.launch = fake_launch,
	.adopt = fake_adopt,
	.release = fake_release,
	.stop = fake_stop,
	.close = fake_close,
};

struct bench {
	char folder[64];
	struct hd_store *store;
	struct hd_config *config;
	struct hd_core *core;
	struct hd_dispatch *dispatch;
	int64_t key;
	int64_t now;
	const struct hd_sampler_type *sampler; /* in place of the file's */
	const struct hd_plugins *plugins;      /* that the file may name */
	bool smokes;                           /* the first trial runs alone */
	size_t left_out;                       /* by a restore */
	size_t notes;
	size_t stopping_events;
	size_t promoted_events;
	char note[512];
};

static inline void on_event(void *user, const struct hd_event *event)
{
	struct bench *bench = user;

	if (event->kind == HD_EVENT_TRIAL_STOPPING)
		bench->stopping_events++;
	if (event->kind == HD_EVENT_TRIAL_PROMOTED)
		bench->promoted_events++;
	if (event->kind != HD_EVENT_NOTE)
		return;
	bench->notes++;
	snprintf(bench->note, sizeof bench->note, "%s", event->text);
}

static inline int remove_one(const char *path, const struct stat *status, int type,
			     struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static inline int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	memset(&fake, 0, sizeof fake);
	strcpy(bench->folder, "/tmp/hd-core-XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	bench->now = 1000000000;
	*state = bench;
	return 0;
}

static inline void on_closed(void *user)
{
	*(bool *)user = true;
}

static inline void bench_close(struct bench *bench)
{
	bool closed = false;

	if (bench->dispatch) {
		hd_dispatch_close(bench->dispatch, on_closed, &closed);
		assert_true(closed);
	}
	hd_core_free(bench->core);
	hd_config_free(bench->config);
	hd_store_close(bench->store);
	bench->core = NULL;
	bench->dispatch = NULL;
	bench->config = NULL;
	bench->store = NULL;
}

static inline int teardown(void **state)
{
	struct bench *bench = *state;

	bench_close(bench);
	nftw(bench->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(bench);
	return 0;
}

/* Suggestions that a worker was asked for. */
static size_t works_asked;

static inline void on_work(void *user)
{
	(void)user;
	works_asked++;
}

static const char *const command[] = { "train", "--epochs", "3" };
static const struct hd_program program = { .words = command, .word_count = 3 };
static const char *const nothing[] = { NULL };

static inline void bench_load(struct bench *bench, const char *yaml)
{
	struct hd_error err = { 0 };
	struct hd_findings *findings = hd_findings_new();
	const struct hd_config_load load = { .size = sizeof load,
					     .plugins = bench->plugins };
	char path[80];

	snprintf(path, sizeof path, "%s/hdrive.db", bench->folder);
	if (hd_config_parse(&bench->config, yaml, strlen(yaml), "sweep.yml",
			    &load, findings, &err) < 0)
		fail_msg("%s", hd_findings_kept(findings)
				       ? hd_findings_at(findings, 0)->text
				       : err.text);
	hd_findings_free(findings);
	if (bench->sampler)
		bench->config->sampler = bench->sampler;
	bench->config->smoke = bench->smokes;
	if (hd_store_open(&bench->store, path, HD_STORE_CREATE, &err) < 0)
		fail_msg("%s", err.text);
	hd_store_set_plugins(bench->store, bench->plugins);
}

static inline void bench_insert(struct bench *bench, const char *name,
				size_t slots)
{
	struct hd_error err = { 0 };
	struct hd_sweep_record record = {
		.id = name,
		.name = name,
		.config = bench->config,
		.command = "[\"train\"]",
		.seed = 7,
		.max_concurrent = slots,
		.created = bench->now,
	};

	assert_int_equal(hd_store_sweep_insert(bench->store, &record,
					       &bench->key, &err),
			 0);
}

/* Core and dispatch; RESTORE: of what is in the store. */
static inline void bench_start(struct bench *bench, const char *name,
			       size_t slots, bool restore)
{
	static char source[80], sweep_folder[160];
	struct hd_error err = { 0 };
	struct hd_core_setup core = {
		.store = bench->store,
		.config = bench->config,
		.sweep = bench->key,
		.seed = 7,
		.slots = slots,
		.program = &program,
		.folder = sweep_folder,
		.started = bench->now,
		.event = on_event,
		.user = bench,
		.work = on_work,
	};
	struct hd_dispatch_setup dispatch = {
		.backend = &fake_backend,
		.launcher = "/bin/true",
		.source = source,
		.folder = sweep_folder,
		.name = name,
		.id = name,
		.environment = nothing,
		.slots = slots,
		.grace = 1,
		.started = hd_core_on_started,
		.output = hd_core_on_output,
		.ended = hd_core_on_ended,
	};

	snprintf(source, sizeof source, "%s/source", bench->folder);
	snprintf(sweep_folder, sizeof sweep_folder, "%s/%s", bench->folder,
		 name);
	mkdir(source, 0777);
	mkdir(sweep_folder, 0777);
	assert_int_equal(hd_core_new(&bench->core, &core, &err), 0);
	if (restore && hd_core_restore(bench->core, &bench->left_out, &err) < 0)
		fail_msg("%s", err.text);
	dispatch.user = bench->core;
	assert_int_equal(hd_dispatch_open(&bench->dispatch, &dispatch, &err), 0);
	hd_core_set_dispatch(bench->core, bench->dispatch);
	if (restore && hd_core_adopt(bench->core, &err) < 0)
		fail_msg("%s", err.text);
}

/* A sweep called NAME of the given file, with SLOTS slots. */
static inline void bench_open(struct bench *bench, const char *name,
			      const char *yaml, size_t slots)
{
	bench_load(bench, yaml);
	bench_insert(bench, name, slots);
	bench_start(bench, name, slots, false);
}

/* The engine dies where it stands, and another goes on. */
static inline void bench_resume(struct bench *bench, const char *name,
				const char *yaml, size_t slots)
{
	bench_close(bench);
	bench_load(bench, yaml);
	bench_start(bench, name, slots, true);
}

static inline void bench_turn(struct bench *bench)
{
	struct hd_error err = { 0 };
	int rc;

	do {
		bench->now += 1000;
		rc = hd_core_turn(bench->core, bench->now, &err);
		if (rc < 0)
			fail_msg("%s", err.text);
	} while (rc == 1 || hd_core_wants_soon(bench->core));
}

static inline void fake_print(size_t trial, const char *text)
{
	char path[600];
	int fd;

	snprintf(path, sizeof path, "%s/stdout", fake.trials[trial].folder);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	fake.host->output(fake.host->user, trial);
}

/* A record of TRIAL's script, in its metrics file. */
static inline void fake_say(size_t trial, const char *record)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof path, "%s/metrics", fake.trials[trial].folder);
	file = fopen(path, "a");
	assert_non_null(file);
	assert_true(fprintf(file, "%s\n", record) > 0);
	fclose(file);
	fake.host->output(fake.host->user, trial);
}

static inline void fake_log(size_t trial, double value)
{
	char line[64];

	snprintf(line, sizeof line, "acc=%.17g\n", value);
	fake_print(trial, line);
}

static inline void fake_end(size_t trial, int code)
{
	struct fake_trial *at = &fake.trials[trial];

	assert_true(at->running);
	at->running = false;
	fake.running--;
	fake.host->ended(
		fake.host->user, trial,
		&(struct hd_exit){
			.known = true,
			.code = code,
			.killed_by_us = at->stopped,
			.started = 1,
			.ended = 1 + (int64_t)(1e6 * (fake.seconds > 0 ? fake.seconds : 60)) });
}

static inline struct hd_sweep_summary summary_of(struct bench *bench)
{
	struct hd_sweep_summary summary;

	hd_core_summary(bench->core, bench->now, &summary);
	return summary;
}

#define YAML(total, more)                                           \
	"sampling:\n  type: random\n  parameter_space:\n"           \
	"  - {name: --lr, expression: uniform, values: [0, 1]}\n"   \
	"primary_metric_name: acc\nprimary_metric_goal: maximize\n" \
	"max_total_runs: " total "\nmax_duration_minutes: 60\n" more

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
