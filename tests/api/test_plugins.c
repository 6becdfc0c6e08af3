/* struct hd_plugins: files that name a sampler and a policy of the program's. */
#include "api.h"

#include <unistd.h>

static const char sweep_text[] =
	"sampling:\n"
	"  type: Middle\n"
	"  shift: 0.25\n"
	"  parameter_space:\n"
	"  - {name: x, expression: uniform, values: [0, 1]}\n"
	"policy: {type: sudden, after: 2}\n"
	"primary_metric_name: acc\n"
	"primary_metric_goal: maximize\n"
	"max_total_runs: 4\n";

struct middle_state {
	double shift;
};

static int middle_suggest(void *vstate, const struct hd_history *history,
			  struct hd_rng *rng, struct hd_value *values,
			  struct hd_error *err)
{
	const struct middle_state *state = (const struct middle_state *)vstate;

	(void)history;
	(void)rng;
	(void)err;
	values[0].kind = HD_VALUE_REAL;
	values[0].number = 0.5 + state->shift;
	return 0;
}

struct sudden_state {
	size_t after;
};

static bool sudden_should_stop(const void *vstate, const struct hd_trial *trial,
			       const struct hd_history *history,
			       struct hd_reason *why)
{
	const struct sudden_state *state = (const struct sudden_state *)vstate;

	(void)history;
	hd_reason_set(why, "so it is");
	return hd_trial_interval(trial) >= state->after;
}

/* What a program has of its own; filled by plugins_make. */
static struct hd_option middle_options[2], sudden_options[2];
static struct hd_sampler_type middle;
static struct hd_policy_type sudden;
static const struct hd_sampler_type *const samplers[] = { &middle };
static const struct hd_policy_type *const policies[] = { &sudden };
static struct hd_plugins plugins;

static int plugins_make(void **state)
{
	(void)state;
	middle_options[0].name = "shift";
	middle_options[0].type = HD_OPTION_TYPE_DOUBLE;
	middle_options[0].offset = offsetof(struct middle_state, shift);
	middle_options[0].max = 0.5;
	middle.name = "middle";
	middle.summary = "always the middle";
	middle.options = middle_options;
	middle.expressions = HD_EXPR_ALL;
	middle.state_size = sizeof(struct middle_state);
	middle.suggest = middle_suggest;
	sudden_options[0].name = "after";
	sudden_options[0].type = HD_OPTION_TYPE_SIZE;
	sudden_options[0].offset = offsetof(struct sudden_state, after);
	sudden_options[0].max = 9;
	sudden.name = "sudden";
	sudden.summary = "stops whatever it is";
	sudden.options = sudden_options;
	sudden.state_size = sizeof(struct sudden_state);
	sudden.should_stop = sudden_should_stop;
	plugins.samplers = samplers;
	plugins.sampler_count = 1;
	plugins.policies = policies;
	plugins.policy_count = 1;
	return 0;
}

static int load_with(struct hd_config **out, const struct hd_plugins *with,
		     const char *text, struct hd_error *err, struct api_text *said)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config_load load = API_ZERO;
	struct hd_out report = api_out(said);
	int rc;

	load.size = sizeof load;
	load.plugins = with;
	rc = hd_config_parse(out, text, strlen(text), "a.yml", &load, findings, err);
	assert_int_equal(hd_report_findings(findings, HD_FORMAT_TEXT, &report, NULL), 0);
	hd_findings_free(findings);
	return rc;
}

static void files_name_what_the_program_has(void **state)
{
	struct hd_config *config = NULL;
	struct hd_error err = API_ZERO;
	struct api_text said;

	(void)state;
	assert_int_equal(load_with(&config, &plugins, sweep_text, &err, &said), 0);
	assert_ptr_equal(config->sampler, &middle);
	assert_same(((const struct middle_state *)config->sampler_options)->shift, 0.25);
	assert_ptr_equal(config->policy, &sudden);
	assert_int_equal(((const struct sudden_state *)config->policy_options)->after, 2);
	hd_config_free(config);
	assert_int_equal(load_with(&config, NULL, sweep_text, &err, &said), HD_EINVAL);
	assert_has(said.text, "'sampling.type' must be ");
	assert_has(said.text, "got 'Middle'");
	assert_has(said.text, "'policy.type' must be ");
}

static void their_options_and_names_are_checked(void **state)
{
	static const char wrong[] = "sampling: {type: midle}\npolicy: {type: sudden, after: 10}\n";
	struct hd_config *config = NULL;
	struct hd_error err = API_ZERO;
	struct api_text said;

	(void)state;
	assert_int_equal(load_with(&config, &plugins, wrong, &err, &said), HD_EINVAL);
	assert_has(said.text, "'middle'");
	assert_has(said.text, "2:31: 'after' must be a whole number from 0 to 9, got 10");
}

static void names_of_the_library_are_taken(void **state)
{
	struct hd_config *config = NULL;
	struct hd_error err = API_ZERO;
	struct api_text said;

	(void)state;
	middle.name = "TPE";
	assert_int_equal(load_with(&config, &plugins, sweep_text, &err, &said), HD_EEXIST);
	assert_string_equal(err.text, "the library has a sampler called 'TPE' of its own");
	middle.name = "middle";
	sudden.v1_name = "BanditPolicy";
	assert_int_equal(load_with(&config, &plugins, sweep_text, &err, &said), HD_EEXIST);
	assert_has(err.text, "policy called 'BanditPolicy'");
	sudden.v1_name = NULL;
	assert_null(config);
}

/* A study is kept, left, and gone on with by one who has the plug-ins. */
static void what_is_kept_is_gone_on_with(void **state)
{
	char folder[] = "/tmp/hdrive-api-XXXXXX", path[64], command[64];
	struct hd_study_options options = API_ZERO;
	struct hd_study *study = NULL;
	struct hd_config *config = NULL;
	struct hd_store *store = NULL;
	struct hd_error err = API_ZERO;
	struct api_text said;
	const struct hd_value *values;
	size_t number = 0;
	int64_t key;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a.db", folder);
	assert_int_equal(hd_store_open(&store, path, HD_STORE_CREATE, &err), 0);
	assert_int_equal(load_with(&config, &plugins, sweep_text, &err, &said), 0);
	options.size = sizeof options;
	options.config = config;
	assert_int_equal(hd_study_create(&study, store, "kept-1", &options, &err), 0);
	assert_int_equal(hd_study_ask(study, NULL, &number, &values, &err), 0);
	assert_same(values[0].number, 0.75);
	assert_int_equal(hd_study_report(study, number, NULL, 1, NULL, &err), 0);
	key = hd_study_key(study);
	hd_study_free(study);
	hd_config_free(config);

	assert_int_equal(hd_study_open(&study, store, key, &err), HD_EINVAL);
	assert_has(err.text, "got 'Middle'");
	hd_store_set_plugins(store, &plugins);
	assert_int_equal(hd_study_open(&study, store, key, &err), 0);
	assert_int_equal(hd_study_report(study, number, NULL, 1, NULL, &err), HD_STOP);
	hd_study_free(study);
	hd_store_close(store);
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_name_what_the_program_has),
		cmocka_unit_test(their_options_and_names_are_checked),
		cmocka_unit_test(names_of_the_library_are_taken),
		cmocka_unit_test(what_is_kept_is_gone_on_with),
	};

	return cmocka_run_group_tests(tests, plugins_make, NULL);
}
