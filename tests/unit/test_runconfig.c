/*
 * Tests of engine/config/runconfig*.c: SPEC section 6, key by key. The exact
 * texts of complaints are in tests/data/bad-runconfig.
 */
#include "check.h"
#include "folder.h"

#include <hdrive/config.h>
#include <hdrive/report.h>
#include <hdrive/runconfig.h>

#include "base/buf.h"

#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

/* One load: what came of it and what was said. */
struct loading {
	struct hd_runconfig *runconfig;
	struct hd_findings *findings;
	struct hd_error err;
	int rc;
};

/* A source folder with a script, and a PATH with python3 alone. */
struct place {
	char source[FOLDER_PATH];
	char bin[FOLDER_PATH];
	struct hd_runconfig_host host;
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	folder_make(place->source);
	folder_make(place->bin);
	folder_write(place->source, "train.py", "", 0644);
	folder_write(place->source, "tool", "", 0755);
	folder_write(place->bin, "python3", "", 0755);
	place->host = (struct hd_runconfig_host){
		.size = sizeof place->host,
		.path = place->bin,
		.source = place->source,
	};
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	folder_remove(place->source);
	folder_remove(place->bin);
	free(place);
	return 0;
}

static void load(struct loading *loading, const char *text,
		 const struct hd_runconfig_host *host)
{
	memset(loading, 0, sizeof *loading);
	loading->findings = hd_findings_new();
	assert_non_null(loading->findings);
	loading->rc = hd_runconfig_parse(&loading->runconfig, text, strlen(text),
					 "t.runconfig", host, loading->findings,
					 &loading->err);
	assert_int_equal(loading->rc == 0, loading->runconfig != NULL);
}

static void load_end(struct loading *loading)
{
	hd_runconfig_free(loading->runconfig);
	hd_findings_free(loading->findings);
}

/* Loads without a word said. */
static void load_quietly(struct loading *loading, const char *text,
			 const struct hd_runconfig_host *host)
{
	load(loading, text, host);
	if (hd_findings_kept(loading->findings))
		fail_msg("%s", hd_findings_at(loading->findings, 0)->text);
	assert_int_equal(loading->rc, 0);
}

/* All that is said of TEXT, a line each, "error: " or "warning: " before it. */
static const char *said(const char *text, const struct hd_runconfig_host *host)
{
	static char all[4096];
	struct loading loading;
	size_t at = 0;

	load(&loading, text, host);
	all[0] = '\0';
	for (size_t i = 0; i < hd_findings_kept(loading.findings); i++) {
		const struct hd_finding *finding =
			hd_findings_at(loading.findings, i);

		at += (size_t)snprintf(all + at, sizeof all - at, "%s: %s\n",
				       finding->severity == HD_FINDING_ERROR
					       ? "error"
					       : "warning",
				       finding->text);
		assert_in_range(at, 0, sizeof all - 1);
	}
	load_end(&loading);
	return all;
}

static void assert_said(const char *text, const struct hd_runconfig_host *host,
			const char *expected)
{
	const char *all = said(text, host);

	if (!strstr(all, expected))
		fail_msg("'%s' is not in: %s", expected, all);
}

static void assert_words(const struct hd_program *program,
			 const char *const *words)
{
	size_t count = 0;

	for (; words[count]; count++) {
		assert_in_range(count, 0, program->word_count - 1);
		assert_string_equal(program->words[count], words[count]);
	}
	assert_int_equal(program->word_count, count);
}

static bool has_variable(const struct hd_program *program, const char *variable)
{
	for (size_t i = 0; i < program->environment_count; i++)
		if (!strcmp(program->environment[i], variable))
			return true;
	return false;
}

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

static void hd_144_what_one_machine_cannot_do_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "nodeCount: 2", "error: 'nodeCount' is 2: trials run on one"
				  " machine" },
		{ "communicator: ParameterServer",
		  "error: communicator 'ParameterServer' is refused" },
		{ "communicator: Gloo", "error: communicator 'Gloo' is refused" },
		{ "framework: TensorFlowParameterServer",
		  "error: framework 'TensorFlowParameterServer' is refused" },
		{ "framework: TensorFlow\ntensorflow: {workerCount: 2}",
		  "error: 2 workers with 1 parameter servers are refused" },
		{ "framework: TensorFlow\n"
		  "tensorflow: {parameterServerCount: 2}",
		  "error: 1 workers with 2 parameter servers are refused" },
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

/* --- variables and data ----------------------------------------------------------- */

static void hd_134_variables_of_the_file_are_the_trials(void **state)
{
	const struct place *place = *state;
	struct loading loading;

	load_quietly(&loading,
		     "script: train.py\nenvironment:\n"
		     "  environmentVariables: {A: b c, N: 1.50, T: true,"
		     " E: null}\n",
		     &place->host);
	assert_true(has_variable(loading.runconfig->program, "A=b c"));
	assert_true(has_variable(loading.runconfig->program, "N=1.50"));
	assert_true(has_variable(loading.runconfig->program, "T=true"));
	assert_true(has_variable(loading.runconfig->program, "E="));
	assert_int_equal(loading.runconfig->program->environment_count, 4);
	load_end(&loading);
	assert_said("environmentVariables: {AZUREML_RUN_ID: x}\n", NULL,
		    "warning: 'environmentVariables.AZUREML_RUN_ID' is ignored:"
		    " hdrive sets it");
	assert_said("environmentVariables: {A: [1]}\n", NULL,
		    "error: 'environmentVariables.A' must be text");
	assert_said("environmentVariables: {'a=b': 1}\n", NULL,
		    "a name is not empty and has no '='");
}

static void data_is_what_stands_for_it_here(void **state)
{
	static const char text[] =
		"script: train.py\n"
		"arguments:\n- --data\n- DatasetConsumptionConfig:mnist\n"
		"- --ref=$AZUREML_DATAREFERENCE_blob/x\n"
		"data:\n  mnist:\n    dataLocation:\n      dataset:\n"
		"        id: 1234\n        name: digits\n"
		"    mechanism: mount\n    environmentVariableName: DATA\n"
		"dataReferences:\n  blob:\n    dataStoreName: store\n"
		"    mode: Mount\n    pathOnDataStore: /sub\n";
	static const char *const names[] = { "mnist", "digits", "1234" };
	struct place *place = *state;
	struct hd_runconfig_place store = { "store", place->source };
	struct hd_runconfig_place dataset = { NULL, place->bin };
	char expected[2][FOLDER_PATH + 64];
	struct loading loading;

	place->host.datastores = &store;
	place->host.datastore_count = 1;
	place->host.datasets = &dataset;
	place->host.dataset_count = 1;
	assert_int_equal(mkdir(folder_path(place->source, "sub"), 0777), 0);
	for (size_t i = 0; i < ROWS(names); i++) {
		dataset.name = names[i];
		load_quietly(&loading, text, &place->host);
		assert_string_equal(loading.runconfig->program->words[3],
				    place->bin);
		snprintf(expected[0], sizeof expected[0], "--ref=%s/sub/x",
			 place->source);
		assert_string_equal(loading.runconfig->program->words[4],
				    expected[0]);
		snprintf(expected[0], sizeof expected[0], "DATA=%s", place->bin);
		snprintf(expected[1], sizeof expected[1],
			 "AZUREML_DATAREFERENCE_blob=%s/sub", place->source);
		assert_true(has_variable(loading.runconfig->program,
					 expected[0]));
		assert_true(has_variable(loading.runconfig->program,
					 expected[1]));
		load_end(&loading);
	}
	dataset.path = "/no/such/folder";
	assert_said(text, &place->host,
		    "error: 'mnist' is mapped to '/no/such/folder', which is"
		    " not there");
	place->host.dataset_count = 0;
	assert_said(text, &place->host,
		    "error: dataset 'mnist' is an argument: --dataset mnist=DIR"
		    " says");
	place->host.datastore_count = 0;
	assert_said(text, &place->host,
		    "error: 'blob' is in a datastore of the cloud's:"
		    " --datastore store=DIR");
	assert_said("script: train.py\ndata: {d: {mechanism: mount}}\n",
		    &place->host, "warning: dataset 'd' is left out");
	assert_said("script: train.py\n"
		    "arguments: [DatasetConsumptionConfig:no]\n",
		    &place->host, "names 'no', which is neither in 'data'");
}

/* --- ranks and containers ----------------------------------------------------------- */

static void several_processes_are_asked_for_in_three_ways(void **state)
{
	static const struct {
		const char *text;
		enum hd_distribution kind;
		size_t processes;
	} rows[] = {
		{ "communicator: OpenMpi\nmpi: {processCountPerNode: 4}",
		  HD_DISTRIBUTION_MPI, 4 },
		{ "communicator: IntelMpi", HD_DISTRIBUTION_MPI, 1 },
		{ "framework: PythonMpi\nmpi: {processCountPerNode: 2}",
		  HD_DISTRIBUTION_MPI, 2 },
		{ "framework: PyTorch\npytorch: {processCount: 3}",
		  HD_DISTRIBUTION_PYTORCH, 3 },
		{ "framework: PyTorch\ncommunicator: Nccl\n"
		  "pytorch: {processCount: null}",
		  HD_DISTRIBUTION_NONE, 0 },
		{ "framework: TensorFlow\n"
		  "tensorflow: {workerCount: 2, parameterServerCount: 0}",
		  HD_DISTRIBUTION_TENSORFLOW, 2 },
		{ "mpi: {processCountPerNode: 4}", HD_DISTRIBUTION_NONE, 0 },
	};
	struct place *place = *state;
	struct loading loading;
	char text[256];

	folder_write(place->bin, "mpirun", "", 0755);
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(text, sizeof text, "script: train.py\n%s\n",
			 rows[i].text);
		load_quietly(&loading, text, &place->host);
		assert_int_equal(loading.runconfig->program->distribution,
				 rows[i].kind);
		assert_int_equal(loading.runconfig->program->processes,
				 rows[i].processes);
		load_end(&loading);
	}
}

static void a_container_is_run_when_it_is_allowed(void **state)
{
	static const char text[] =
		"script: train.py\nenvironment:\n"
		"  environmentVariables: {A: b}\n"
		"  docker: {enabled: true, baseImage: image:1, shmSize: 2g,"
		" arguments: [--network, none]}\n";
	struct place *place = *state;
	const struct hd_program *program;
	struct loading loading;

	place->host.allow_docker = true;
	assert_said(text, &place->host,
		    "error: neither 'podman' nor 'docker' is in PATH");
	folder_write(place->bin, "docker", "", 0755);
	load_quietly(&loading, text, &place->host);
	assert_string_equal(loading.runconfig->program->container[0], "docker");
	load_end(&loading);
	folder_write(place->bin, "podman", "", 0755);
	load_quietly(&loading, text, &place->host);
	program = loading.runconfig->program;
	assert_int_equal(program->container_count, 8);
	assert_string_equal(program->container[0], "podman");
	assert_string_equal(program->container[2], "A");
	assert_string_equal(program->container[4], "2g");
	assert_string_equal(program->container[6], "none");
	assert_string_equal(program->container[7], "image:1");
	assert_string_equal(program->words[0], "python");
	load_end(&loading);
	assert_said("script: train.py\nframework: PyTorch\n"
		    "pytorch: {processCount: 2}\n"
		    "environment: {docker: {enabled: true, baseImage: i}}\n",
		    &place->host, "error: a container runs one process");
	assert_said("script: train.py\n"
		    "environment: {docker: {enabled: true}}\n",
		    NULL, "is enabled and needs a 'baseImage'");
}

static void secrets_are_not_kept(void **state)
{
	static const char text[] =
		"script: train.py\nenvironment:\n  docker:\n"
		"    baseImageRegistry: {address: a, username: me,"
		" Password: s3cret}\n";
	const struct place *place = *state;
	struct loading loading;

	load_quietly(&loading, text, &place->host);
	assert_null(strstr(loading.runconfig->program->configuration, "s3cret"));
	assert_non_null(strstr(loading.runconfig->program->configuration,
			       "\"password\":null"));
	load_end(&loading);
	assert_said("environment:\n  docker:\n"
		    "    baseImageRegistry: {username: me}\n",
		    NULL, "has a 'username' and needs a 'password'");
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

static void check_bad(const struct place *place, const char *folder,
		      const char *name)
{
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
	const char *folder = TEST_ROOT "/tests/data/bad-runconfig";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".runconfig") != 0)
			continue;
		check_bad(*state, folder, entry->d_name);
		count++;
	}
	closedir(dir);
	assert_true(count >= 5);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hd_052_an_argument_in_both_files_is_dropped_here),
		TEST(hd_134_variables_of_the_file_are_the_trials),
		TEST(hd_140_yaml_and_json_give_the_same),
		TEST(hd_141_case_counts_neither_in_keys_nor_in_words),
		TEST(hd_142_numbers_in_arguments_become_text),
		TEST(hd_143_public_forms_load_and_pyspark_is_refused),
		TEST(hd_144_what_one_machine_cannot_do_is_refused),
		TEST(hd_145_keys_for_clusters_are_warned_of),
		TEST(hd_146_a_users_own_environment_names_its_interpreter),
		TEST(hd_147_it_is_found_by_its_bare_name),
		TEST(hd_151_words_replace_script_and_arguments),
		TEST(the_interpreter_is_the_files_or_one_that_is_there),
		TEST(a_script_that_is_not_there_is_said),
		TEST(a_command_is_a_line_or_words),
		TEST(data_is_what_stands_for_it_here),
		TEST(several_processes_are_asked_for_in_three_ways),
		TEST(a_container_is_run_when_it_is_allowed),
		TEST(secrets_are_not_kept),
		TEST(bad_files_say_exactly_what_is_wrong),
		TEST(strictness_makes_errors_of_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
