/*
 * Tests of engine/config/sweepjob*.c: sweep jobs (SPEC section 2) into configs.
 * tests/data/sweepjob has whole files, tests/data/bad the words of complaints.
 */
#include "job.h"

#define FOLDER TEST_ROOT "/tests/data/sweepjob"

/* FOLDER's file NAME, with COUNT inputs given. */
static void open_file(struct loading *loading, const char *name,
		      const char *const *inputs, size_t count)
{
	const struct hd_config_load load = { .size = sizeof load,
					     .inputs = inputs,
					     .input_count = count };
	char path[512];

	memset(loading, 0, sizeof *loading);
	loading->findings = hd_findings_new();
	assert_non_null(loading->findings);
	snprintf(path, sizeof path, FOLDER "/%s", name);
	loading->rc = hd_config_open(&loading->config, path, &load,
				     loading->findings, &loading->err);
}

static void assert_opens(struct loading *loading, const char *name,
			 const char *const *inputs, size_t count)
{
	open_file(loading, name, inputs, count);
	assert_says(loading, HD_FINDING_ERROR, NULL);
	assert_int_equal(loading->rc, 0);
}

/* --- whole files ------------------------------------------------------------ */

static const char *mark(const struct hd_config *config, const char *name)
{
	for (size_t i = 0; i < config->mark_count; i++)
		if (!strcmp(config->marks[i].name, name))
			return config->marks[i].value;
	return "";
}

static void hd_060_a_whole_file_loads(void **state)
{
	const struct hd_config *config;
	struct loading loading;

	(void)state;
	assert_opens(&loading, "inline.yml", NULL, 0);
	config = loading.config;
	assert_int_equal(warnings(&loading), 1); /* of its environment */
	assert_string_equal(config->sampler->name, "random");
	assert_true(config->has_seed);
	assert_int_equal(config->seed, 11);
	assert_int_equal(hd_space_count(config->space), 2);
	assert_string_equal(config->metric, "loss");
	assert_int_equal(config->goal, HD_MINIMIZE);
	assert_string_equal(config->policy->name, "bandit");
	assert_int_equal(config->delay_evaluation, 5);
	assert_int_equal(config->max_total, 12);
	assert_int_equal(config->max_concurrent, 3);
	assert_true(config->max_duration == 7200);
	assert_true(config->trial_timeout == 600);
	assert_string_equal(mark(config, "display_name"), "two-rates");
	assert_string_equal(mark(config, "team"), "north");
	assert_string_equal(mark(config, "year"), "2021");
	assert_string_equal(mark(config, "origin"), "tests");
	assert_string_equal(config->program->experiment, "rates");
	assert_string_equal(config->program->source, FOLDER "/src");
	assert_int_equal(config->program->environment_count, 2);
	assert_string_equal(config->program->environment[0], "THREADS=2");
	assert_string_equal(config->program->environment[1], "VERBOSE=True");
	load_end(&loading);
}

static void hd_060_type_sweep_is_read_in_any_case(void **state)
{
	(void)state;
	assert_findings("type: SWEEP\n" OBJECTIVE SPACE TRIAL LIMITS, NULL, NULL,
			NULL);
	assert_findings(OBJECTIVE SPACE TRIAL LIMITS, NULL,
			"'type' is missing", NULL);
}

static void hd_060_a_cloud_path_loads_once_it_is_mapped(void **state)
{
	static const char *const input[] = { "data=" FOLDER "/src/train.sh" };
	static const char *const missing[] = { "data=" FOLDER "/none" };
	static const char *const unknown[] = {
		"data=" FOLDER "/src/train.sh", "date=x"
	};
	struct loading loading;
	char *line;

	(void)state;
	open_file(&loading, "cloud.yml", NULL, 0);
	assert_says(&loading, HD_FINDING_ERROR, "--input data=PATH");
	assert_int_equal(finding_of(&loading, HD_FINDING_ERROR)->mark.line, 7);
	load_end(&loading);
	assert_opens(&loading, "cloud.yml", input, 1);
	line = line_of(loading.config);
	assert_in(line, "--data " FOLDER "/src/train.sh");
	free(line);
	load_end(&loading);
	open_file(&loading, "cloud.yml", missing, 1);
	assert_says(&loading, HD_FINDING_ERROR, "which is not there");
	load_end(&loading);
	open_file(&loading, "cloud.yml", unknown, 2);
	assert_says(&loading, HD_FINDING_ERROR, "the file has no input 'date'");
	load_end(&loading);
}

static void hd_060_a_component_file_is_the_trial(void **state)
{
	struct loading loading;
	char *line;

	(void)state;
	assert_opens(&loading, "component.yml", NULL, 0);
	assert_int_equal(warnings(&loading), 1); /* of its environment */
	assert_string_equal(loading.config->program->source, FOLDER "/src");
	line = line_of(loading.config);
	/* A default, a value of the job's, and what is swept. */
	assert_in(line, "--depth 6 --fair False --data " FOLDER "/src");
	assert_in(line, "--rate 0.");
	assert_in(line, "--out /t/named-outputs/model");
	assert_null(strstr(line, "--notes"));
	free(line);
	load_end(&loading);
}

static void a_compute_may_be_a_target(void **state)
{
	static const char text[] = "gpu: local\n";
	static const struct {
		const char *compute, *target, *warning;
	} rows[] = {
		{ "azureml:gpu", "gpu", NULL },
		{ "gpu", "gpu", NULL },
		{ "{target: 'azureml:gpu'}", "gpu", NULL },
		{ "azureml:gpus", NULL, "'compute' is 'gpus': trials run on this machine" },
		{ "local", "local", NULL },
	};
	struct hd_findings *findings = hd_findings_new();
	struct hd_config_load load = { .size = sizeof load };
	struct hd_targets *targets;
	struct loading loading;

	(void)state;
	assert_int_equal(hd_targets_parse(&targets, text, sizeof text - 1, "t", NULL, findings,
					  NULL),
			 0);
	load.targets = targets;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char job[600];

		snprintf(job, sizeof job, "compute: %s\n%s", rows[i].compute, JOB LIMITS);
		load_with(&loading, job, &load);
		assert_says(&loading, HD_FINDING_WARNING, rows[i].warning);
		assert_non_null(loading.config);
		if (rows[i].target)
			assert_string_equal(loading.config->target, rows[i].target);
		else
			assert_null(loading.config->target);
		load_end(&loading);
	}
	/* Somebody else says where trials run. */
	load.targets = NULL;
	load.ignore_compute = true;
	load_with(&loading, "compute: azureml:gpus\n" JOB LIMITS, &load);
	assert_says(&loading, HD_FINDING_WARNING, NULL);
	load_end(&loading);
	hd_targets_free(targets);
	hd_findings_free(findings);
}

/* What a resume reads has nothing beside it any more. */
static void a_stored_file_needs_no_other_files(void **state)
{
	const struct hd_config_load load = { .size = sizeof load,
					     .stored = true };
	struct loading loading;

	(void)state;
	load_with(&loading,
		  "type: sweep\ntrial: ./none.yml\ncompute: azureml:a\n"
		  "inputs: {d: {path: 'azureml:d:1'}}\n" OBJECTIVE SPACE LIMITS,
		  &load);
	assert_int_equal(hd_findings_kept(loading.findings), 0);
	assert_non_null(loading.config);
	assert_null(loading.config->program);
	load_end(&loading);
}

/* --- limits ------------------------------------------------------------------ */

static void assert_times(const char *limits, double timeout,
			 double trial_timeout, const char *note)
{
	struct loading loading;
	const struct hd_config *config;
	char text[1024];

	snprintf(text, sizeof text, JOB "limits: {max_total_trials: 8%s}\n",
		 limits);
	config = load_good(&loading, text);
	assert_says(&loading, HD_FINDING_WARNING, NULL);
	assert_says(&loading, HD_FINDING_PORTABILITY, note);
	assert_true(config->max_duration == timeout);
	assert_true(config->trial_timeout == trial_timeout);
	load_end(&loading);
}

static void hd_068_timeouts_are_seconds_as_written(void **state)
{
	(void)state;
	assert_times("", 5184000, INFINITY, NULL);
	assert_times(", timeout: 0", INFINITY, INFINITY, NULL);
	assert_times(", timeout: 30", 30, INFINITY, "Azure makes 60 s of it");
	assert_times(", timeout: 60", 60, INFINITY, NULL);
	assert_times(", timeout: 9000000", 9000000, INFINITY, NULL);
	assert_times(", timeout: '3600'", 3600, INFINITY, NULL);
	assert_times(", timeout: PT1H30M", 5400, INFINITY, NULL);
	assert_times(", timeout: P1DT1S", 86401, INFINITY, NULL);
	assert_times(", timeout: 2h", 7200, INFINITY, "Azure takes seconds");
	assert_error(JOB "limits: {max_total_trials: 8, timeout: -1}\n",
		     "'limits.timeout' must be seconds");
	assert_error(JOB "limits: {max_total_trials: 8, timeout: soon}\n",
		     "'limits.timeout' must be seconds");
	assert_error(JOB "limits: {max_total_trials: 8, timeout: PT1M1H}\n",
		     "'limits.timeout' must be seconds");
}

static void hd_069_trial_timeout_is_of_a_trial(void **state)
{
	(void)state;
	assert_times(", trial_timeout: 600", 5184000, 600, NULL);
	assert_times(", trial_timeout: 0", 5184000, INFINITY, NULL);
	assert_times(", trial_timeout: 5", 5184000, 5, "Azure makes 60 s of it");
}

static void hd_070_all_may_run_at_once(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading, JOB "limits: {max_total_trials: 20}\n");
	assert_int_equal(config->max_total, 20);
	assert_int_equal(config->max_concurrent, 20);
	load_end(&loading);
	config = load_good(&loading, JOB "limits: {max_total_trials: '20',"
					 " max_concurrent_trials: 4.0}\n");
	assert_int_equal(config->max_total, 20);
	assert_int_equal(config->max_concurrent, 4);
	load_end(&loading);
	config = load_good(&loading, JOB);
	assert_int_equal(config->max_total, 1000);
	assert_says(&loading, HD_FINDING_WARNING, "1000 trials are taken");
	load_end(&loading);
	assert_findings(JOB "limits: {max_total_trials: 2,"
			    " max_concurrent_trials: 3}\n",
			NULL, "more than the 2", NULL);
	assert_findings(JOB "limits: {max_total_trials: 1001}\n", NULL, NULL,
			"Azure takes at most 1000");
	assert_error(JOB "limits: {max_total_trials: 0}\n",
		     "'limits.max_total_trials' must be");
	assert_findings(JOB "limits: {max_trials: 3}\n",
			"unknown key 'limits.max_trials'",
			"1000 trials are taken", NULL);
}

/* --- the preview, and other files -------------------------------------------- */

static void hd_071_the_preview_loads_with_warnings(void **state)
{
	struct loading loading;
	const struct hd_config *config;
	char *line;

	(void)state;
	assert_opens(&loading, "preview.yml", NULL, 0);
	config = loading.config;
	assert_true(warnings(&loading) >= 9);
	assert_true(config->max_duration == 7200);
	assert_int_equal(config->max_total, 20);
	assert_int_equal(config->max_concurrent, 10);
	assert_string_equal(config->policy->name, "median_stopping");
	assert_string_equal(config->program->source, FOLDER "/src");
	assert_string_equal(mark(config, "compute"), "azureml:a-cluster");
	assert_string_equal(mark(config, "environment"), "file:environment.yml");
	line = line_of(config);
	assert_in(line, "--data " FOLDER "/src/train.sh");
	free(line);
	load_end(&loading);
}

static void hd_071_old_and_new_words_together_are_an_error(void **state)
{
	(void)state;
	assert_findings(JOB LIMITS "sampling_algorithm: random\nalgorithm: grid\n",
			"'algorithm' and 'sampling_algorithm' are given",
			"is the preview's", NULL);
}

static void hd_072_automl_is_refused_in_plain_words(void **state)
{
	(void)state;
	assert_error("type: automl\nsearch_space: []\n",
		     "AutoML jobs are not HyperDrive sweeps");
}

static void other_files_are_told_the_way_on(void **state)
{
	(void)state;
	assert_error("type: command\ncommand: t\n", "names this file as its 'trial'");
	assert_error("type: pipeline\njobs:\n  a: {type: command}\n",
		     "none of its steps is a sweep");
	assert_error("type: pipeline\njobs:\n  a: {type: sweep}\n",
		     "what stands below 'a'");
	assert_error("a: 1\n", "this is no sweep's file");
	assert_error("[1]\n", "a sweep's file is a mapping");
}

/* --- policies ---------------------------------------------------------------- */

static void assert_policy(const char *text, const char *name, size_t interval,
			  size_t delay)
{
	struct loading loading;
	const struct hd_config *config;

	config = load_good(&loading, joined(JOB LIMITS "early_termination: ", text));
	assert_string_equal(config->policy->name, name);
	assert_int_equal(config->evaluation_interval, interval);
	assert_int_equal(config->delay_evaluation, delay);
	load_end(&loading);
}

static void hd_073_interval_0_or_none_is_1(void **state)
{
	(void)state;
	assert_policy("{type: bandit, slack_factor: 0.2}\n", "bandit", 1, 0);
	assert_policy("{type: bandit, slack_amount: 0.2,"
		      " evaluation_interval: 0, delay_evaluation: 3}\n",
		      "bandit", 1, 3);
	assert_policy("{type: Bandit, slack_factor: 1, evaluation_interval: 4}\n",
		      "bandit", 4, 0);
	assert_error(JOB LIMITS "early_termination: {type: bandit}\n", "slack");
	assert_error(JOB LIMITS "early_termination: {type: bandit,"
				" slack_factor: 1, slack_amount: 2}\n",
		     "slack");
}

static void hd_074_policies_are_named_in_every_spelling(void **state)
{
	(void)state;
	assert_policy("{type: median_stopping}\n", "median_stopping", 1, 0);
	assert_policy("{type: medianStopping}\n", "median_stopping", 1, 0);
	assert_policy("{type: MedianStopping}\n", "median_stopping", 1, 0);
	assert_policy("{type: TruncationSelection, truncation_percentage: 20}\n",
		      "truncation_selection", 1, 0);
	assert_policy("{type: truncation_selection, truncation_percentage: 20,"
		      " exclude_finished_jobs: true}\n",
		      "truncation_selection", 1, 0);
	assert_policy("\n", "none", 1, 0);
	assert_error(JOB LIMITS "early_termination: {type: meridian}\n",
		     "'early_termination.type' must be 'bandit',"
		     " 'median_stopping'");
	assert_error(JOB LIMITS "early_termination: {delay_evaluation: 3}\n",
		     "'early_termination.type' is missing");
	assert_error(JOB LIMITS "early_termination: {type: median_stopping,"
				" interval: 3}\n",
		     "unknown key 'early_termination.interval'");
}

static void policies_of_ours_end_trials_of_sweep_jobs(void **state)
{
	(void)state;
	assert_policy("{type: asha, evaluation_interval: 0}\n", "asha", 1, 0);
	assert_policy("{type: hyperband, delay_evaluation: 2}\n", "hyperband", 1, 2);
	assert_policy("{type: percentile, percentile: 25,"
		      " evaluation_interval: 2}\n",
		      "percentile", 2, 0);
	assert_policy("{type: patient, patience: 4}\n", "patient", 1, 0);
	assert_policy("{type: threshold, upper: 1e6}\n", "threshold", 1, 0);
	assert_findings(JOB LIMITS "early_termination: {type: asha,"
				   " evaluation_interval: 2}\n",
			"'early_termination.evaluation_interval' is not for asha",
			NULL, "'asha': Azure has the policies");
}

/* --- what else a trial has ---------------------------------------------------- */

static void processes_and_instances_are_those_of_the_trial(void **state)
{
	struct loading loading;

	(void)state;
	load_good(&loading, "type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
			    "  distribution: {type: mpi,"
			    " process_count_per_instance: 3}\n");
	assert_int_equal(loading.config->program->distribution,
			 HD_DISTRIBUTION_MPI);
	assert_int_equal(loading.config->program->processes, 3);
	load_end(&loading);
	load_good(&loading, "type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
			    "  distribution: {type: TensorFlow,"
			    " worker_count: 2, parameter_server_count: 1}\n");
	assert_int_equal(loading.config->program->distribution,
			 HD_DISTRIBUTION_TENSORFLOW);
	assert_int_equal(loading.config->program->processes, 2);
	assert_int_equal(loading.config->program->servers, 1);
	load_end(&loading);
	load_good(&loading, "type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
			    "  distribution: {type: pytorch,"
			    " process_count_per_instance: 3}\n"
			    "  resources: {instance_count: 2}\n"
			    "resources: {instance_count: 5}\n");
	assert_int_equal(loading.config->program->nodes, 2);
	assert_int_equal(loading.config->program->processes, 6);
	load_end(&loading);
	load_good(&loading, "type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
			    "  distribution: {type: tensorflow,"
			    " parameter_server_count: 1}\n"
			    "resources: {instance_count: 3}\n");
	assert_int_equal(loading.config->program->nodes, 3);
	assert_int_equal(loading.config->program->processes, 3);
	assert_int_equal(loading.config->program->servers, 1);
	load_end(&loading);
	assert_error(JOB LIMITS "resources: {instance_count: 2}\n",
		     "'resources.instance_count' is 2, and no"
		     " 'trial.distribution' says");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
		     "  resources: {instance_count: 4}\n",
		     "'trial.resources.instance_count' is 4, and no");
	assert_good(JOB LIMITS "resources: {instance_count: 1, shm_size: 4g}\n"
			       "identity: {type: managed}\n"
			       "queue_settings: {job_tier: spot}\n");
}

static void unknown_keys_are_errors_with_a_guess(void **state)
{
	(void)state;
	assert_error(JOB LIMITS "serch_space: 1\n", "did you mean 'search_space'?");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS TRIAL
		     "  comand: x\n",
		     "unknown key 'trial.comand', did you mean 'command'?");
	assert_error(JOB LIMITS "inputs: {a: {pth: x}}\n", "'inputs.a.pth'");
	assert_error(JOB LIMITS "inputs: {a-b: 1}\n", "cannot name an input");
	assert_error(JOB LIMITS "inputs: {a: {type: csv, path: .}}\n",
		     "'inputs.a.type' must be");
	assert_error(JOB LIMITS "outputs: {o: {mode: never}}\n",
		     "'outputs.o.mode' must be");
	assert_error(JOB LIMITS "inputs: {a: {path: ./none}}\n",
		     "input.a is './none', which is not there");
}

static void hdrives_own_keys_work_in_sweep_jobs_too(void **state)
{
	struct loading loading;
	const struct hd_config *config;

	(void)state;
	config = load_good(&loading, JOB LIMITS "smoke: false\nmax_restarts: 2\n"
						"reduce: last\n");
	assert_false(config->smoke);
	assert_int_equal(config->max_restarts, 2);
	assert_int_equal(config->reduce, HD_REDUCE_LAST);
	assert_int_equal(hd_findings_count(loading.findings,
					   HD_FINDING_PORTABILITY),
			 3);
	load_end(&loading);
}

static void settings_of_either_kind_of_file_fit(void **state)
{
	static const char *const sets[] = {
		"limits.max_total_trials=5",
		"max_concurrent_runs=2",
		"max_duration_minutes=1.5",
		"trial_timeout=90s",
		"sampling_algorithm.seed=7",
		"search_space.x.max_value=4",
		"sampling.type=random",
	};
	const struct hd_config_load load = { .size = sizeof load,
					     .sets = sets,
					     .set_count = ROWS(sets) - 1 };
	struct loading loading;

	(void)state;
	load_with(&loading, JOB LIMITS "sampling_algorithm: random\n", &load);
	assert_says(&loading, HD_FINDING_ERROR, NULL);
	assert_int_equal(loading.config->max_total, 5);
	assert_int_equal(loading.config->max_concurrent, 2);
	assert_true(loading.config->max_duration == 90);
	assert_true(loading.config->trial_timeout == 90);
	assert_int_equal(loading.config->seed, 7);
	assert_true(hd_space_param(loading.config->space, 0)->expr.b == 4);
	load_end(&loading);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_060_a_whole_file_loads),
		cmocka_unit_test(hd_060_type_sweep_is_read_in_any_case),
		cmocka_unit_test(hd_060_a_cloud_path_loads_once_it_is_mapped),
		cmocka_unit_test(hd_060_a_component_file_is_the_trial),
		cmocka_unit_test(a_compute_may_be_a_target),
		cmocka_unit_test(a_stored_file_needs_no_other_files),
		cmocka_unit_test(hd_068_timeouts_are_seconds_as_written),
		cmocka_unit_test(hd_069_trial_timeout_is_of_a_trial),
		cmocka_unit_test(hd_070_all_may_run_at_once),
		cmocka_unit_test(hd_071_the_preview_loads_with_warnings),
		cmocka_unit_test(hd_071_old_and_new_words_together_are_an_error),
		cmocka_unit_test(hd_072_automl_is_refused_in_plain_words),
		cmocka_unit_test(other_files_are_told_the_way_on),
		cmocka_unit_test(hd_073_interval_0_or_none_is_1),
		cmocka_unit_test(hd_074_policies_are_named_in_every_spelling),
		cmocka_unit_test(policies_of_ours_end_trials_of_sweep_jobs),
		cmocka_unit_test(processes_and_instances_are_those_of_the_trial),
		cmocka_unit_test(unknown_keys_are_errors_with_a_guess),
		cmocka_unit_test(hdrives_own_keys_work_in_sweep_jobs_too),
		cmocka_unit_test(settings_of_either_kind_of_file_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
