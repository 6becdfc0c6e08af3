/*
 * Tests of engine/config/runconfig*.c: SPEC section 6, key by key. The exact
 * texts of complaints are in tests/data/bad-runconfig.
 */
#include "runconfigs.h"
#include "samples.h"

#include <hdrive/config.h>

#include "base/buf.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the rules ------------------------------------------------------------- */

static void hd_140_yaml_and_json_give_the_same(void **state)
{
	static const char yaml[] = "# comment\n"
				   "script: train.py\n"
				   "arguments:\n- --kernel\n- linear\n- 0.5\n"
				   "maxRunDurationSeconds: 1200\n"
				   "nodeCount:\n"
				   "jobName: \"caf\\u00e9 \\U0001F600\"\n"
				   "environment:\n"
				   "  environmentVariables:\n"
				   "    FOO: bar\n";
	static const char json[] =
		"{\n\t\"script\":\"train.py\",\n"
		"\t\"arguments\":[\"--kernel\", \"linear\", 0.5],\n"
		"\t\"maxRunDurationSeconds\":1200, \"nodeCount\":null,\n"
		"\t\"jobName\": \"caf\\u00e9 \\ud83d\\ude00\",\n"
		"\t\"environment\":{\"environmentVariables\":{"
		"\"FOO\":\"bar\"}}\n}\n";
	static const char *const words[] = { "python3", "train.py", "--kernel",
					     "linear", "0.5", NULL };
	const struct place *place = *state;
	struct loading a, b;

	load_quietly(&a, yaml, &place->host);
	load_quietly(&b, json, &place->host);
	assert_words(a.runconfig->program, words);
	assert_words(b.runconfig->program, words);
	assert_close(a.runconfig->max_seconds, 1200, 0);
	assert_close(b.runconfig->max_seconds, 1200, 0);
	assert_string_equal(a.runconfig->job, b.runconfig->job);
	assert_string_equal(a.runconfig->job, "caf\xc3\xa9 \xf0\x9f\x98\x80");
	assert_string_equal(a.runconfig->program->configuration,
			    b.runconfig->program->configuration);
	assert_true(has_variable(a.runconfig->program, "FOO=bar"));
	assert_true(has_variable(b.runconfig->program, "FOO=bar"));
	load_end(&a);
	load_end(&b);
}

static void hd_141_case_counts_neither_in_keys_nor_in_words(void **state)
{
	static const char *const words[] = { "python3", "train.py", NULL };
	const struct place *place = *state;
	struct loading loading;

	load_quietly(&loading,
		     "Script: train.py\nFRAMEWORK: python\ncommunicator: none\n"
		     "target: LOCAL\n",
		     &place->host);
	assert_words(loading.runconfig->program, words);
	load_end(&loading);
	load_quietly(&loading,
		     "script: train.py\nframework: Python\n"
		     "communicator: None\n"
		     "amlcompute: {vmsize: null, retainCluster: false}\n",
		     &place->host);
	load_end(&loading);
	load_quietly(&loading,
		     "script: train.py\nframework: CNTK\n"
		     "amlCompute: {vmSize: null}\nmpi: {processCountPerNode: 1}\n",
		     &place->host);
	load_end(&loading);
	assert_said("script: a\nScript: b\n", NULL,
		    "error: key 'script' is there twice");
	assert_said("framework: Pyton\n", NULL,
		    "error: 'framework' must be one of 'Python', 'PySpark',");
	assert_said("communicator: mpii\n", NULL,
		    "error: 'communicator' must be one of 'None',");
}

static void hd_142_numbers_in_arguments_become_text(void **state)
{
	static const char *const words[] = { "python3", "train.py", "1", "1.0",
					     "1e-5", "-3", "31", "True", "text",
					     NULL };
	const struct place *place = *state;
	struct loading loading;

	load_quietly(&loading,
		     "script: train.py\n"
		     "arguments: [1, 1.0, 1e-5, -3, 0x1F, true, text]\n",
		     &place->host);
	assert_words(loading.runconfig->program, words);
	load_end(&loading);
}

/* In the forms that Azure's tools and people write. */
static void hd_143_public_forms_load_and_pyspark_is_refused(void **state)
{
	static const char whole[] =
		"# The script to run.\nscript: train.py\narguments: []\n"
		"target: local\nframework: Python\ncommunicator: None\n"
		"autoPrepareEnvironment: true\nmaxRunDurationSeconds:\n"
		"nodeCount: 1\nenvironment:\n  name: env\n  version:\n"
		"  environmentVariables:\n    A: b\n  python:\n"
		"    userManagedDependencies: true\n"
		"    interpreterPath: python3\n"
		"    condaDependenciesFile:\n    baseCondaEnvironment:\n"
		"  docker:\n    enabled: false\n    baseImage: i\n"
		"    baseDockerfile:\n    sharedVolumes: true\n"
		"    shmSize: 2g\n    arguments: []\n"
		"    baseImageRegistry:\n      address:\n      username:\n"
		"      password:\n  spark:\n    repositories: []\n"
		"    packages: []\n    precachePackages: true\n"
		"  databricks:\n    mavenLibraries: []\n"
		"  r:\n  inferencingStackVersion:\nhistory:\n"
		"  outputCollection: true\n  snapshotProject: true\n"
		"  directoriesToWatch:\n  - logs\nspark:\n"
		"  configuration:\n    spark.yarn.maxAppAttempts: 1\nhdi:\n"
		"  yarnDeployMode: cluster\ntensorflow:\n  workerCount: 1\n"
		"  parameterServerCount: 1\nmpi:\n"
		"  processCountPerNode: 1\ndataReferences: {}\ndata: {}\n"
		"sourceDirectoryDataStore:\namlcompute:\n  vmSize:\n"
		"  vmPriority:\n  retainCluster: false\n  name:\n"
		"  clusterMaxNodeCount: 1\n";
	static const char *const frameworks[] = { "PySpark",
						  "PySparkInteractive" };
	const struct place *place = *state;
	struct loading loading;
	char text[128];

	load_quietly(&loading, whole, &place->host);
	assert_int_equal(loading.runconfig->watched_count, 1);
	assert_true(loading.runconfig->collect_outputs);
	load_end(&loading);
	for (size_t i = 0; i < ROWS(frameworks); i++) {
		snprintf(text, sizeof text,
			 "script: train.py\nframework: %s\nspark: {a: 1}\n",
			 frameworks[i]);
		/* It can be read, but not run. */
		load_quietly(&loading, text, NULL);
		load_end(&loading);
		assert_said(text, &place->host, "is refused: hdrive runs"
						" Python programs, not Spark");
	}
	assert_said("framework: PySpark\n", NULL,
		    "error: 'framework' is PySpark and needs the section"
		    " 'spark'");
}

static void hd_144_what_no_machine_can_do_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "nodeCount: 2", "error: 'nodeCount' is 2, and nothing says how"
				  " its processes find each other" },
		{ "framework: PyTorch\nnodeCount: 2\n"
		  "pytorch: {processCount: 1}",
		  "error: a node has at least one process: 2 nodes are too many"
		  " for 1" },
		{ "framework: PyTorch\nnodeCount: 1025",
		  "error: a trial has from 1 to 1024 nodes, got 1025" },
		{ "communicator: Mpi\nmpi: {processCountPerNode: 1025}",
		  "error: a trial has from 1 to 1024 processes, got" },
		{ "communicator: ParameterServer",
		  "error: communicator 'ParameterServer' is refused" },
		{ "communicator: Gloo", "error: communicator 'Gloo' is refused" },
		{ "framework: TensorFlowParameterServer",
		  "error: framework 'TensorFlowParameterServer' is refused" },
		{ "communicator: OpenMpi\nmpi: {processCountPerNode: 2}",
		  "error: 'mpirun' is not in PATH" },
		{ "communicator: Mpi",
		  "error: 'communicator' is Mpi and needs the section 'mpi'" },
	};
	const struct place *place = *state;
	struct loading loading;
	char text[256];

	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(text, sizeof text, "script: train.py\n%s\n",
			 rows[i].text);
		assert_said(text, &place->host, rows[i].why);
	}
	load_quietly(&loading,
		     "script: train.py\nnodeCount: 1\nframework: TensorFlow\n"
		     "tensorflow: {workerCount: 1, parameterServerCount: 1}\n",
		     &place->host);
	assert_int_equal(loading.runconfig->program->distribution,
			 HD_DISTRIBUTION_NONE);
	load_end(&loading);
}

static void hd_145_keys_for_clusters_are_warned_of(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "target: cpu-cluster",
		  "warning: target 'cpu-cluster' is not configured here" },
		{ "target: amlcompute\namlCompute: {retainCluster: false}",
		  "warning: 'amlCompute' is ignored: it is for a cluster" },
		{ "amlcompute: {vmSize: STANDARD_D2_V2}",
		  "warning: 'amlCompute' is ignored" },
		{ "batchAi: {nodeCount: 2}", "warning: 'batchAi' is ignored" },
		{ "containerInstance: {region: x}",
		  "warning: 'containerInstance' is ignored" },
		{ "exposedPorts: [80]", "warning: 'exposedPorts' is ignored" },
		{ "sourceDirectoryDataStore: s",
		  "warning: 'sourceDirectoryDataStore' is ignored" },
		{ "environment: {spark: {packages: [a]}}",
		  "warning: 'environment.spark.packages' is ignored" },
		{ "environment: {databricks: {pypiLibraries: [a]}}",
		  "warning: 'environment.databricks.pypiLibraries' is" },
		{ "environment: {inferencingStackVersion: latest}",
		  "warning: 'environment.inferencingStackVersion' is ignored" },
		{ "enviroment: {}",
		  "warning: unknown key 'enviroment' is ignored, did you mean"
		  " 'environment'?" },
		{ "environment: {docker: {enabled: true, baseImage: i}}",
		  "warning: the container is left out, trials run bare" },
	};
	const struct place *place = *state;
	struct loading loading;
	char text[256];

	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(text, sizeof text, "script: train.py\n%s\n",
			 rows[i].text);
		assert_said(text, &place->host, rows[i].why);
		load(&loading, text, &place->host);
		assert_int_equal(loading.rc, 0);
		load_end(&loading);
	}
}

static void hd_146_a_users_own_environment_names_its_interpreter(void **state)
{
	const struct place *place = *state;
	struct loading loading;

	assert_said("script: train.py\nenvironment:\n  python:\n"
		    "    userManagedDependencies: true\n",
		    NULL,
		    "error: 'environment.python.userManagedDependencies' is"
		    " true: 'interpreterPath' must name");
	assert_said("script: train.py\nenvironment:\n  python:\n"
		    "    userManagedDependencies: false\n",
		    NULL,
		    "error: 'environment.python.userManagedDependencies' is"
		    " false: 'condaDependenciesFile' or");
	load_quietly(&loading,
		     "script: train.py\nenvironment:\n  python:\n"
		     "    userManagedDependencies: true\n"
		     "    interpreterPath: python3\n",
		     &place->host);
	load_end(&loading);
}

/* "local" is looked for in each of these, the first of which has it. */
static void hd_147_it_is_found_by_its_bare_name(void **state)
{
	static const char *const folders[] = { "config", "aml_config",
					       ".azureml" };
	static const char *const files[] = { "config/local.runconfig",
					     "aml_config/local.runconfig",
					     ".azureml/local.runconfig",
					     "local.runconfig" };
	struct place *place = *state;
	char expected[FOLDER_PATH], *path;
	struct hd_error err;

	assert_int_equal(hd_runconfig_find(&path, "local", place->source, &err),
			 HD_ENOENT);
	for (size_t i = 0; i < ROWS(folders); i++)
		mkdir(folder_path(place->source, folders[i]), 0777);
	for (size_t i = 0; i < ROWS(files); i++) {
		folder_write(place->source, files[i], "script: train.py\n",
			     0644);
		assert_int_equal(hd_runconfig_find(&path, "local",
						   place->source, &err),
				 0);
		strcpy(expected, folder_path(place->source, files[i]));
		assert_string_equal(path, expected);
		free(path);
	}
	/* With its ending, and as a path. */
	assert_int_equal(hd_runconfig_find(&path, "local.runconfig",
					   place->source, &err),
			 0);
	free(path);
	assert_int_equal(hd_runconfig_find(&path, expected, ".", &err), 0);
	assert_string_equal(path, expected);
	free(path);
	/* Twice among other folders: nobody knows which. */
	mkdir(folder_path(place->source, "a"), 0777);
	mkdir(folder_path(place->source, "b"), 0777);
	folder_write(place->source, "a/x.runconfig", "", 0644);
	folder_write(place->source, "b/x.runconfig", "", 0644);
	assert_int_equal(hd_runconfig_find(&path, "x", place->source, &err),
			 HD_EINVAL);
	assert_non_null(strstr(err.text, "a/x.runconfig', '"));
}

static void hd_151_words_replace_script_and_arguments(void **state)
{
	static const char *const script[] = { "train.py", "--n", "3" };
	static const char *const tool[] = { "tool", "--n", "3" };
	static const char *const run[] = { "python3", "train.py", "--n", "3",
					   NULL };
	static const char *const bare[] = { "tool", "--n", "3", NULL };
	const char text[] = "script: other.py\narguments: [1, 2]\n"
			    "environmentVariables: {A: b}\n";
	struct place *place = *state;
	struct hd_runconfig_host host = place->host;
	struct loading loading;

	host.words = script;
	host.word_count = ROWS(script);
	load_quietly(&loading, text, &host);
	assert_words(loading.runconfig->program, run);
	assert_true(has_variable(loading.runconfig->program, "A=b"));
	load_end(&loading);
	host.words = tool;
	load_quietly(&loading, text, &host);
	assert_words(loading.runconfig->program, bare);
	load_end(&loading);
}

/* HD-052, where it comes from: the seeds of the two files. */
static void hd_052_an_argument_in_both_files_is_dropped_here(void **state)
{
	const struct place *place = *state;
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);
	const struct hd_value value = { .kind = HD_VALUE_REAL, .number = 0.5 };
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err;
	struct loading loading;
	char **argv = NULL;

	assert_int_equal(hd_space_add(space, "--lr", &expr, NULL, NULL), 0);
	load_quietly(&loading,
		     "script: train.py\narguments: [--lr, 0.1, --n, 3]\n",
		     &place->host);
	assert_int_equal(hd_program_argv(&argv, loading.runconfig->program,
					 space, &value, NULL, findings, &err),
			 0);
	assert_string_equal(argv[2], "--n");
	assert_string_equal(argv[3], "3");
	assert_string_equal(argv[4], "--lr");
	assert_string_equal(argv[5], "0.5");
	assert_null(argv[6]);
	assert_int_equal(hd_findings_count(findings, HD_FINDING_WARNING), 1);
	free(argv);
	hd_findings_free(findings);
	hd_space_free(space);
	load_end(&loading);
}

/* --- the interpreter ------------------------------------------------------------ */

static void the_interpreter_is_the_files_or_one_that_is_there(void **state)
{
	static const char head[] = "script: train.py\nenvironment:\n  python:\n";
	struct place *place = *state;
	struct loading loading;
	char text[512];

	/* No "python" here: the other name of it. */
	snprintf(text, sizeof text,
		 "%s    userManagedDependencies: true\n"
		 "    interpreterPath: python\n",
		 head);
	assert_said(text, &place->host,
		    "warning: interpreter 'python' is not in PATH, running"
		    " with 'python3'");
	snprintf(text, sizeof text,
		 "%s    userManagedDependencies: false\n"
		 "    condaDependenciesFile: c.yml\n",
		 head);
	assert_said(text, &place->host,
		    "warning: conda environment not built, running with"
		    " 'python3'");
	snprintf(text, sizeof text,
		 "%s    userManagedDependencies: true\n"
		 "    interpreterPath: pypy\n",
		 head);
	assert_said(text, &place->host,
		    "error: interpreter 'pypy' is not in PATH");
	snprintf(text, sizeof text,
		 "%s    userManagedDependencies: true\n"
		 "    interpreterPath: /no/such/python\n",
		 head);
	assert_said(text, &place->host,
		    "error: interpreter '/no/such/python' is not there");
	snprintf(text, sizeof text,
		 "%s    userManagedDependencies: true\n"
		 "    interpreterPath: ./tool\n",
		 head);
	load_quietly(&loading, text, &place->host);
	assert_string_equal(loading.runconfig->program->words[0], "./tool");
	load_end(&loading);
	place->host.python = "/env/bin/python";
	load_quietly(&loading, text, &place->host);
	assert_string_equal(loading.runconfig->program->words[0],
			    "/env/bin/python");
	load_end(&loading);
	place->host.python = NULL;
	place->host.path = "";
	assert_said("script: train.py\n", &place->host,
		    "error: there is neither 'python3' nor 'python' in PATH");
}

static void a_script_that_is_not_there_is_said(void **state)
{
	struct place *place = *state;
	struct loading loading;

	assert_said("script: nothing.py\n", &place->host,
		    "error: script 'nothing.py' is not a file in '");
	mkdir(folder_path(place->source, "src"), 0777);
	folder_write(place->source, "src/a.py", "", 0644);
	load_quietly(&loading, "script: src\\a.py\n", &place->host);
	assert_string_equal(loading.runconfig->program->words[1], "src/a.py");
	load_end(&loading);
	/* None at all: the caller's to say. */
	load_quietly(&loading, "script:\narguments:\n", &place->host);
	assert_int_equal(loading.runconfig->program->word_count, 0);
	load_end(&loading);
}

static void a_command_is_a_line_or_words(void **state)
{
	static const char *const line[] = { "/bin/sh", "-c",
					    "a && b --c \"$@\"", "sh", NULL };
	static const char *const words[] = { "tool", "--a", "1", NULL };
	const struct place *place = *state;
	struct loading loading;

	load_quietly(&loading, "command: a && b --c\n", &place->host);
	assert_words(loading.runconfig->program, line);
	load_end(&loading);
	load_quietly(&loading, "command: [tool, --a, 1]\n", &place->host);
	assert_words(loading.runconfig->program, words);
	load_end(&loading);
}

/* --- complaints ---------------------------------------------------------------------- */

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

static char *file_text(const char *folder, const char *name, const char *ending)
{
	char path[512];
	char *text = calloc(1, 65536);
	FILE *file;

	assert_non_null(text);
	snprintf(path, sizeof path, "%s/%.*s%s", folder,
		 (int)strcspn(name, "."), name, ending);
	file = fopen(path, "rb");
	if (!file)
		fail_msg("cannot open %s", path);
	(void)!fread(text, 1, 65535, file);
	fclose(file);
	return text;
}

static void check_bad(void *user, const char *folder, const char *name)
{
	const struct place *place = user;
	struct hd_findings *findings = hd_findings_new();
	struct hd_buf shown = HD_BUF_INIT;
	const struct hd_out out = { .write = collect, .user = &shown };
	char *text = file_text(folder, name, ".runconfig");
	char *expected = file_text(folder, name, ".err");
	struct hd_runconfig *runconfig;
	struct hd_error err;

	assert_int_equal(hd_runconfig_parse(&runconfig, text, strlen(text),
					    name, &place->host, findings, &err),
			 HD_EINVAL);
	assert_int_equal(hd_report_findings(findings, HD_FORMAT_TEXT, &out,
					    &err),
			 0);
	if (strcmp(hd_buf_text(&shown), expected) != 0)
		fail_msg("%s:\n%s", name, hd_buf_text(&shown));
	free(text);
	free(expected);
	hd_buf_release(&shown);
	hd_findings_free(findings);
}

static void bad_files_say_exactly_what_is_wrong(void **state)
{
	each_sample(TEST_ROOT "/tests/data/bad-runconfig", ".runconfig", 5, check_bad, *state);
}

static void strictness_makes_errors_of_warnings(void **state)
{
	struct place *place = *state;

	place->host.strict = true;
	assert_said("script: train.py\nfoo: 1\n", &place->host,
		    "error: unknown key 'foo'");
	place->host.strict = false;
	place->host.strict_target = true;
	assert_said("script: train.py\ntarget: gpu\n", &place->host,
		    "error: target 'gpu' is not configured here");
	place->host.target = "local";
	assert_string_equal(said("script: train.py\ntarget: gpu\n",
				 &place->host),
			    "");
}

/* What is configured here is no longer warned of. */
static void a_target_that_there_is_is_taken(void **state)
{
	static const char text[] = "gpu: local\nlab: local\n";
	struct hd_findings *findings = hd_findings_new();
	struct place *place = *state;
	struct hd_targets *targets;

	assert_int_equal(hd_targets_parse(&targets, text, sizeof text - 1, "t", NULL, findings,
					  NULL),
			 0);
	place->host.targets = targets;
	place->host.strict_target = true;
	assert_string_equal(said("script: train.py\ntarget: gpu\n", &place->host), "");
	assert_said("script: train.py\ntarget: gpo\n", &place->host,
		    "error: target 'gpo' is not configured here");
	place->host.target = "lab";
	assert_string_equal(said("script: train.py\ntarget: gpo\n", &place->host), "");
	/* A program that was built before there were targets says so by its size. */
	place->host.size = offsetof(struct hd_runconfig_host, targets);
	assert_said("script: train.py\n", &place->host,
		    "error: target 'lab' is not configured here, only 'local' is");
	hd_targets_free(targets);
	hd_findings_free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hd_052_an_argument_in_both_files_is_dropped_here),
		TEST(hd_140_yaml_and_json_give_the_same),
		TEST(hd_141_case_counts_neither_in_keys_nor_in_words),
		TEST(hd_142_numbers_in_arguments_become_text),
		TEST(hd_143_public_forms_load_and_pyspark_is_refused),
		TEST(hd_144_what_no_machine_can_do_is_refused),
		TEST(hd_145_keys_for_clusters_are_warned_of),
		TEST(hd_146_a_users_own_environment_names_its_interpreter),
		TEST(hd_147_it_is_found_by_its_bare_name),
		TEST(hd_151_words_replace_script_and_arguments),
		TEST(the_interpreter_is_the_files_or_one_that_is_there),
		TEST(a_script_that_is_not_there_is_said),
		TEST(a_command_is_a_line_or_words),
		TEST(bad_files_say_exactly_what_is_wrong),
		TEST(a_target_that_there_is_is_taken),
		TEST(strictness_makes_errors_of_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
