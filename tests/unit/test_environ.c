/* Tests of engine/dispatch/environ.c. */
#include "check.h"
#include "folder.h"

#include "dispatch/environ.h"

/* The block's strings are the environ's too: it is closed by release(). */
static struct hd_environ *opened;

static char **build(const char *const *inherit, const char *python_path)
{
	const struct hd_environ_sweep sweep = {
		.inherit = inherit,
		.name = "brave-otter-3",
		.id = "HD_1234",
		.source = "/home/ada/digits/",
		.python_path = python_path,
	};
	const struct hd_environ_trial trial = {
		.folder = "/s/.hdrive/brave-otter-3/000007",
		.workdir = "/s/.hdrive/brave-otter-3/000007/work",
		.trial = 7,
		.attempt = 2,
		.slot = 1,
		.seed = UINT64_MAX,
	};
	char **out;

	assert_int_equal(hd_environ_open(&opened, &sweep, NULL), 0);
	assert_int_equal(hd_environ_build(&out, opened, &trial, NULL), 0);
	return out;
}

static void release(char **environ)
{
	free(environ);
	hd_environ_close(opened);
}

/* How many variables are called NAME; *VALUE is the last one's. */
static size_t find(char **environ, const char *name, const char **value)
{
	size_t length = strlen(name);
	size_t count = 0;

	*value = NULL;
	for (size_t i = 0; environ[i]; i++)
		if (strncmp(environ[i], name, length) == 0 &&
		    environ[i][length] == '=') {
			*value = environ[i] + length + 1;
			count++;
		}
	return count;
}

static void assert_value(char **environ, const char *name, const char *expected)
{
	const char *value;

	assert_int_equal(find(environ, name, &value), expected ? 1 : 0);
	if (expected)
		assert_string_equal(value, expected);
}

/* PATH of a trial that inherits PATH, with drop-ins in "/lib/py". */
static void assert_path(const char *path, const char *expected)
{
	char variable[FOLDER_PATH + 8];
	const char *const inherit[] = { variable, NULL };
	char **environ;

	snprintf(variable, sizeof variable, "PATH=%s", path);
	environ = build(inherit, "/lib/py");
	assert_value(environ, "PATH", expected);
	release(environ);
}

static void python_is_python3_where_there_is_no_other(void **state)
{
	char folder[FOLDER_PATH], more[FOLDER_PATH + 32];

	(void)state;
	folder_make(folder);
	assert_path(folder, folder);
	folder_write(folder, "python3", "", 0755);
	snprintf(more, sizeof more, "%s:/lib/py/stand-in", folder);
	assert_path(folder, more);
	folder_write(folder, "python", "", 0755);
	assert_path(folder, folder);
	folder_remove(folder);
}

static void a_trial_sees_hdrives_variables(void **state)
{
	static const char *const rows[][2] = {
		{ "HDRIVE_SWEEP", "brave-otter-3" },
		{ "HDRIVE_TRIAL", "7" },
		{ "HDRIVE_ATTEMPT", "2" },
		{ "HDRIVE_DIR", "/s/.hdrive/brave-otter-3/000007" },
		{ "HDRIVE_OUTPUTS", "/s/.hdrive/brave-otter-3/000007/outputs" },
		{ "HDRIVE_CHECKPOINTS",
		  "/s/.hdrive/brave-otter-3/000007/checkpoints" },
		{ "HDRIVE_PARAMS",
		  "/s/.hdrive/brave-otter-3/000007/params.json" },
		{ "HDRIVE_METRICS", "/s/.hdrive/brave-otter-3/000007/metrics" },
		{ "HDRIVE_SEED", "18446744073709551615" },
		{ "HDRIVE_SLOT", "1" },
		{ "PWD", "/s/.hdrive/brave-otter-3/000007/work" },
		{ "PYTHONUNBUFFERED", "1" },
		{ "PYTHONPATH", NULL },
	};
	char **environ = build(NULL, NULL);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_value(environ, rows[i][0], rows[i][1]);
	release(environ);
}

static void hd_133_the_run_is_the_child_and_the_root_its_parent(void **state)
{
	char **environ = build(NULL, NULL);

	(void)state;
	assert_value(environ, "AZUREML_RUN_ID", "HD_1234_7");
	assert_value(environ, "AZUREML_ROOT_RUN_ID", "HD_1234");
	assert_value(environ, "AZUREML_ARM_PROJECT_NAME", "digits");
	assert_value(environ, "AZUREML_ARM_WORKSPACE_NAME", "hdrive");
	assert_value(environ, "AZUREML_ARM_SUBSCRIPTION",
		     "00000000-0000-0000-0000-000000000000");
	assert_value(environ, "AZUREML_ARM_RESOURCEGROUP", "hdrive");
	assert_value(environ, "AZUREML_RUN_TOKEN", NULL);
	release(environ);
}

static void an_outer_trials_variables_are_replaced(void **state)
{
	static const char *const inherit[] = {
		"HDRIVE_TRIAL=99", "HDRIVE_DIR=/outer", "HDRIVE_DB=/my/store",
		"AZUREML_RUN_ID=outer_99", "PATH=/bin", "HDRIVE_CPUS=0", NULL
	};
	char **environ = build(inherit, NULL);

	(void)state;
	assert_value(environ, "HDRIVE_TRIAL", "7");
	assert_value(environ, "HDRIVE_DIR", "/s/.hdrive/brave-otter-3/000007");
	assert_value(environ, "AZUREML_RUN_ID", "HD_1234_7");
	assert_value(environ, "HDRIVE_DB", "/my/store");
	assert_value(environ, "PATH", "/bin");
	assert_value(environ, "HDRIVE_CPUS", NULL);
	release(environ);
}

static void a_trial_within_a_trial_has_every_name_once(void **state)
{
	char **outer = build(NULL, "/lib/hd");
	struct hd_environ *outers = opened;
	char **inner = build((const char *const *)outer, "/lib/hd");
	size_t count = 0;

	(void)state;
	for (; inner[count]; count++) {
		char name[64];
		const char *value;

		snprintf(name, sizeof name, "%.*s",
			 (int)strcspn(inner[count], "="), inner[count]);
		assert_int_equal(find(inner, name, &value), 1);
	}
	for (size_t i = 0; outer[i]; i++)
		count--;
	assert_int_equal(count, 0);
	release(inner);
	opened = outers;
	release(outer);
}

static void of_duplicates_the_last_wins(void **state)
{
	static const char *const inherit[] = { "A=1", "B=x", "A=2", "AB=3",
					       "A=", "nonsense", "=y", NULL };
	char **environ = build(inherit, NULL);
	const char *value;

	(void)state;
	assert_value(environ, "A", "");
	assert_value(environ, "B", "x");
	assert_value(environ, "AB", "3");
	for (size_t i = 0; environ[i]; i++)
		assert_non_null(strchr(environ[i] + 1, '='));
	assert_int_equal(find(environ, "", &value), 0);
	release(environ);
}

static void values_pass_byte_for_byte(void **state)
{
	static const char *const inherit[] = { "ODD=a=b \n\xff\"$x", NULL };
	char **environ = build(inherit, NULL);

	(void)state;
	assert_value(environ, "ODD", "a=b \n\xff\"$x");
	release(environ);
}

static void our_python_path_stands_before_the_users(void **state)
{
	static const struct {
		const char *theirs;
		const char *ours;
		const char *expected;
	} rows[] = {
		{ NULL, "/lib/hd", "/lib/hd" },
		{ "PYTHONPATH=", "/lib/hd", "/lib/hd" },
		{ "PYTHONPATH=/u:/v", "/lib/hd", "/lib/hd:/u:/v" },
		{ "PYTHONPATH=/u", NULL, "/u" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *const inherit[] = { rows[i].theirs, NULL };
		char **environ = build(inherit, rows[i].ours);

		assert_value(environ, "PYTHONPATH", rows[i].expected);
		release(environ);
	}
}

static void the_users_choice_of_buffering_stands(void **state)
{
	static const char *const inherit[] = { "PYTHONUNBUFFERED=", NULL };
	char **environ = build(inherit, NULL);

	(void)state;
	assert_value(environ, "PYTHONUNBUFFERED", "");
	release(environ);
}

static void mlflow_is_led_to_the_trials_own_server(void **state)
{
	static const char *const inherit[] = {
		"MLFLOW_TRACKING_TOKEN=theirs", "MLFLOW_EXPERIMENT_ID=3",
		"MLFLOW_RUN_ID=old", "MLFLOW_TRACKING_INSECURE_TLS=true", NULL
	};
	char **environ = build(inherit, NULL);

	(void)state;
	assert_value(environ, "HDRIVE_MLFLOW", "on");
	assert_value(environ, "MLFLOW_RUN_ID", "HD_1234_7");
	assert_value(environ, "MLFLOW_EXPERIMENT_ID", "HD_1234");
	assert_value(environ, "MLFLOW_EXPERIMENT_NAME", "brave-otter-3");
	/* A token for elsewhere would be sent instead of the trial's. */
	assert_value(environ, "MLFLOW_TRACKING_TOKEN", NULL);
	assert_value(environ, "MLFLOW_TRACKING_URI", NULL);
	assert_value(environ, "MLFLOW_TRACKING_INSECURE_TLS", "true");
	assert_value(environ, "no_proxy", NULL);
	release(environ);
}

static void the_wish_for_a_token_in_the_address_is_passed_on(void **state)
{
	static const char *const inherit[] = { "HDRIVE_MLFLOW=uri", NULL };
	char **environ = build(inherit, NULL);

	(void)state;
	assert_value(environ, "HDRIVE_MLFLOW", "uri");
	assert_value(environ, "MLFLOW_RUN_ID", "HD_1234_7");
	release(environ);
}

static void a_users_own_mlflow_server_is_left_alone(void **state)
{
	static const char *const rows[][4] = {
		{ "MLFLOW_TRACKING_URI=http://x", "MLFLOW_RUN_ID=mine",
		  "MLFLOW_TRACKING_TOKEN=t", NULL },
		{ "HDRIVE_MLFLOW=off", "MLFLOW_RUN_ID=mine",
		  "MLFLOW_TRACKING_TOKEN=t", NULL },
		{ "HDRIVE_MLFLOW=http://outer", "MLFLOW_RUN_ID=mine",
		  "MLFLOW_TRACKING_TOKEN=t", "MLFLOW_TRACKING_URI=http://x" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *inherit[5] = { rows[i][0], rows[i][1], rows[i][2],
					   rows[i][3], NULL };
		char **environ = build(inherit, NULL);

		assert_value(environ, "MLFLOW_RUN_ID", "mine");
		assert_value(environ, "MLFLOW_TRACKING_TOKEN", "t");
		assert_value(environ, "MLFLOW_EXPERIMENT_ID", NULL);
		release(environ);
	}
}

static void an_outer_trials_mlflow_server_is_not_the_users(void **state)
{
	static const char *const inherit[] = {
		"HDRIVE_MLFLOW=http://127.0.0.1:5",
		"MLFLOW_TRACKING_URI=http://127.0.0.1:5",
		"MLFLOW_TRACKING_USERNAME=hdrive", "MLFLOW_RUN_ID=HD_9_1", NULL
	};
	char **environ = build(inherit, NULL);

	(void)state;
	assert_value(environ, "HDRIVE_MLFLOW", "on");
	assert_value(environ, "MLFLOW_TRACKING_URI", NULL);
	assert_value(environ, "MLFLOW_TRACKING_USERNAME", NULL);
	assert_value(environ, "MLFLOW_RUN_ID", "HD_1234_7");
	release(environ);
}

static void the_loopback_is_not_behind_a_proxy(void **state)
{
	static const char *const rows[][4] = {
		{ "http_proxy=http://p", NULL, "127.0.0.1", "127.0.0.1" },
		{ "ALL_PROXY=http://p", "no_proxy=a,b", "a,b,127.0.0.1",
		  "a,b,127.0.0.1" },
		{ "HTTP_PROXY=http://p", "NO_PROXY=a", "a,127.0.0.1",
		  "a,127.0.0.1" },
		{ "http_proxy=http://p", "no_proxy=*", "*", NULL },
		{ "https_proxy=http://p", "no_proxy=a", "a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *inherit[3] = { rows[i][0], rows[i][1], NULL };
		char **environ = build(inherit, NULL);

		assert_value(environ, "no_proxy", rows[i][2]);
		assert_value(environ, "NO_PROXY", rows[i][3]);
		release(environ);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mlflow_is_led_to_the_trials_own_server),
		cmocka_unit_test(the_wish_for_a_token_in_the_address_is_passed_on),
		cmocka_unit_test(a_users_own_mlflow_server_is_left_alone),
		cmocka_unit_test(an_outer_trials_mlflow_server_is_not_the_users),
		cmocka_unit_test(the_loopback_is_not_behind_a_proxy),
		cmocka_unit_test(python_is_python3_where_there_is_no_other),
		cmocka_unit_test(a_trial_sees_hdrives_variables),
		cmocka_unit_test(hd_133_the_run_is_the_child_and_the_root_its_parent),
		cmocka_unit_test(an_outer_trials_variables_are_replaced),
		cmocka_unit_test(a_trial_within_a_trial_has_every_name_once),
		cmocka_unit_test(of_duplicates_the_last_wins),
		cmocka_unit_test(values_pass_byte_for_byte),
		cmocka_unit_test(our_python_path_stands_before_the_users),
		cmocka_unit_test(the_users_choice_of_buffering_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
