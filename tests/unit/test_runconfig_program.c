/*
 * Tests of engine/config/runconfig_data.c, runconfig_environment.c and
 * runconfig_program.c: what a run configuration gives its script, and how many
 * processes and which container it runs in.
 */
#include "runconfigs.h"

#include <sys/stat.h>
#include <unistd.h>

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
		size_t nodes, processes, servers;
	} rows[] = {
		{ "communicator: OpenMpi\nmpi: {processCountPerNode: 4}",
		  HD_DISTRIBUTION_MPI, 1, 4, 0 },
		{ "communicator: IntelMpi", HD_DISTRIBUTION_MPI, 1, 1, 0 },
		{ "framework: PythonMpi\nmpi: {processCountPerNode: 2}",
		  HD_DISTRIBUTION_MPI, 1, 2, 0 },
		{ "framework: PyTorch\npytorch: {processCount: 3}",
		  HD_DISTRIBUTION_PYTORCH, 1, 3, 0 },
		{ "framework: PyTorch\ncommunicator: Nccl\n"
		  "pytorch: {processCount: null}",
		  HD_DISTRIBUTION_NONE, 0, 0, 0 },
		{ "framework: TensorFlow\n"
		  "tensorflow: {workerCount: 2, parameterServerCount: 0}",
		  HD_DISTRIBUTION_TENSORFLOW, 1, 2, 0 },
		{ "framework: TensorFlow\ntensorflow: {workerCount: 2}",
		  HD_DISTRIBUTION_TENSORFLOW, 1, 2, 1 },
		{ "mpi: {processCountPerNode: 4}", HD_DISTRIBUTION_NONE, 0, 0, 0 },
		/* On each machine, of all of them, and one a machine. */
		{ "nodeCount: 3\ncommunicator: OpenMpi\n"
		  "mpi: {processCountPerNode: 4}",
		  HD_DISTRIBUTION_MPI, 3, 12, 0 },
		{ "framework: PyTorch\npytorch: {processCount: 6, nodeCount: 2}",
		  HD_DISTRIBUTION_PYTORCH, 2, 6, 0 },
		{ "framework: PyTorch\nnodeCount: 2", HD_DISTRIBUTION_PYTORCH, 2,
		  2, 0 },
		{ "framework: TensorFlow\nnodeCount: 2\ntensorflow: {}",
		  HD_DISTRIBUTION_TENSORFLOW, 2, 1, 1 },
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
		assert_int_equal(loading.runconfig->program->nodes,
				 rows[i].nodes);
		assert_int_equal(loading.runconfig->program->processes,
				 rows[i].processes);
		assert_int_equal(loading.runconfig->program->servers,
				 rows[i].servers);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hd_134_variables_of_the_file_are_the_trials),
		TEST(data_is_what_stands_for_it_here),
		TEST(several_processes_are_asked_for_in_three_ways),
		TEST(a_container_is_run_when_it_is_allowed),
		TEST(secrets_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
