/*
 * Fuzzing the loader of run configurations: whatever the bytes, it ends with
 * one or with findings that can be shown, and frees what it took.
 */
#include <hdrive/report.h>
#include <hdrive/runconfig.h>

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int write_nothing(void *user, const char *text, size_t length)
{
	(void)user;
	(void)text;
	(void)length;
	return 0;
}

/* The first byte chooses what the host has and allows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hd_runconfig_place places[] = { { "a", "/" },
							    { "b", "." } };
	static const char *const words[] = {
		"train.py", "DatasetConsumptionConfig:a"
	};
	const struct hd_out out = { .write = write_nothing };
	struct hd_runconfig_host host = { .size = sizeof host,
					  .path = "/bin:/usr/bin",
					  .source = "/",
					  .datasets = places,
					  .datastores = places };
	struct hd_findings *findings = hd_findings_new();
	struct hd_runconfig *runconfig = NULL;
	struct hd_error err;
	int rc;

	if (size == 0 || !findings)
		goto out;
	host.strict = data[0] & 1;
	host.allow_docker = data[0] & 2;
	host.words = words;
	host.word_count = data[0] & 4 ? 2 : 0;
	host.dataset_count = host.datastore_count = data[0] & 8 ? 2 : 0;
	rc = hd_runconfig_parse(&runconfig, (const char *)data + 1, size - 1,
				"fuzz", data[0] & 16 ? NULL : &host, findings,
				&err);
	/* A run configuration and an error exclude each other. */
	if ((rc == 0) != (runconfig != NULL))
		abort();
	if (rc == 0 && !(data[0] & 16) &&
	    (!runconfig->program || !runconfig->program->configuration))
		abort();
	hd_report_findings(findings, HD_FORMAT_TEXT, &out, &err);
out:
	hd_runconfig_free(runconfig);
	hd_findings_free(findings);
	return 0;
}
