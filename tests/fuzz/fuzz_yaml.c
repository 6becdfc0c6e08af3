/*
 * Fuzzing the loader: whatever the bytes, it ends with a config or with
 * findings that can be shown, and frees what it took.
 */
#include <hdrive/config.h>
#include <hdrive/report.h>

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

/* The first byte chooses how strict the load is and whether --set is used. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const sets[] = {
		"limits.max_total_trials=3",
		"sampling.parameter_space.0.values=[1, 2]",
		"search_space.rate.max_value=2",
	};
	const struct hd_out out = { .write = write_nothing };
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_config_load load = { .size = sizeof load, .sets = sets };
	struct hd_error err;
	int rc;

	if (size == 0 || !findings)
		goto out;
	load.strict = data[0] & 1;
	load.azure = data[0] & 2;
	load.set_count = data[0] & 4 ? 3 : 0;
	rc = hd_config_parse(&config, (const char *)data + 1, size - 1,
			     "fuzz.yaml", &load, findings, &err);
	/* A config and an error exclude each other. */
	if ((rc == 0) != (config != NULL))
		abort();
	if (rc == 0 && (!config->sampler || !config->policy || !config->metric ||
			hd_space_count(config->space) == 0))
		abort();
	hd_report_findings(findings, HD_FORMAT_TEXT, &out, &err);
	hd_report_findings(findings, HD_FORMAT_JSON, &out, &err);
out:
	hd_config_free(config);
	hd_findings_free(findings);
	return 0;
}
