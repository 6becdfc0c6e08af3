/*
 * What a run configuration and a program do without memory: the n-th
 * allocation fails for n = 1, 2, ... until the call needs no more of them.
 * Blocks are not counted: some are a library's to allocate and ours to free.
 */
#include "check.h"
#include "alloc.h"

#include <hdrive/runconfig.h>

#include "base/buf.h"
#include "program/program.h"

#if HAS_ALLOC

static const char text[] =
	"script: etc/passwd\n"
	"arguments: [--n, 1, \"DatasetConsumptionConfig:d\"]\n"
	"maxRunDurationSeconds: 60\nframework: PyTorch\n"
	"pytorch: {processCount: 2}\n"
	"environment:\n  environmentVariables: {A: b, C: d}\n"
	"  python: {userManagedDependencies: false,"
	" condaDependencies: {name: x}}\n"
	"data: {d: {environmentVariableName: E}}\nunknown: 1\n";

static int load(struct hd_runconfig **out, struct hd_findings *findings,
		struct hd_error *err)
{
	static const struct hd_runconfig_place place = { "d", "/" };
	const struct hd_runconfig_host host = { .size = sizeof host,
						.path = "/bin:/usr/bin",
						.source = "/",
						.datasets = &place,
						.dataset_count = 1,
						.python = "python" };

	return hd_runconfig_parse(out, text, sizeof text - 1, "t", &host,
				  findings, err);
}

static void a_load_survives_any_failed_allocation(void **state)
{
	struct hd_runconfig *runconfig = NULL;
	int rc = HD_ENOMEM;
	size_t n;

	(void)state;
	for (n = 1; rc != 0; n++) {
		struct hd_findings *findings = hd_findings_new();
		struct hd_error err;

		alloc_fail(n);
		rc = load(&runconfig, findings, &err);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || !runconfig);
		hd_findings_free(findings);
	}
	assert_true(n > 10);
	assert_int_equal(runconfig->program->word_count, 5);
	assert_int_equal(runconfig->program->environment_count, 4);
	hd_runconfig_free(runconfig);
}

static void a_program_read_survives_any_failed_allocation(void **state)
{
	static const char rest[] =
		"{\"time_limit\":60,\"distribution\":\"mpi\",\"processes\":4,"
		"\"servers\":0,\"container\":[\"podman\",\"i\"],"
		"\"configuration\":{\"script\":\"a\"}}";
	struct hd_program *program = NULL;
	struct hd_buf buf = HD_BUF_INIT;
	int rc = HD_ENOMEM;

	(void)state;
	for (size_t n = 1; rc != 0; n++) {
		struct hd_error err;

		alloc_fail(n);
		rc = hd_program_read(&program, "[\"a\"]", rest, &err);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || !program);
	}
	/* And it is what was written. */
	assert_int_equal(program->distribution, HD_DISTRIBUTION_MPI);
	assert_int_equal(program->processes, 4);
	assert_close(program->time_limit, 60, 0);
	hd_program_json(&buf, program);
	assert_non_null(strstr(hd_buf_text(&buf), "\"configuration\":{\"script\":"
						  "\"a\"}"));
	assert_non_null(strstr(hd_buf_text(&buf), "\"distribution\":\"mpi\","
						  "\"processes\":4"));
	hd_buf_release(&buf);
	hd_program_free(program);
}

#else

static void a_load_survives_any_failed_allocation(void **state)
{
	(void)state;
	skip();
}

static void a_program_read_survives_any_failed_allocation(void **state)
{
	(void)state;
	skip();
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_survives_any_failed_allocation),
		cmocka_unit_test(a_program_read_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
