/*
 * Fuzzing the loader of targets: whatever the bytes, it ends with targets,
 * "local" among them, or with findings that can be shown, and frees what it
 * took.
 */
#include <hdrive/report.h>
#include <hdrive/target.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct farm {
	size_t slots;
	double price;
	bool exclusive;
	const char *folder;
	const char *const *hosts;
	const char *const *setup;
};

static const struct hd_option farm_options[] = {
	HD_OPTION_SIZE(struct farm, slots, 1, 100, 4, "trials at a time"),
	HD_OPTION_DOUBLE(struct farm, price, 0, INFINITY, "of an hour"),
	HD_OPTION_BOOL(struct farm, exclusive, false, "whole machines"),
	HD_OPTION_TEXT(struct farm, folder, "where"),
	HD_OPTION_TEXTS(struct farm, hosts, "which"),
	HD_OPTION_TEXTS(struct farm, setup, "before"),
	HD_OPTION_END
};

static const struct hd_backend_type farm_type = {
	.name = "farm",
	.summary = "a test's",
	.options = farm_options,
	.settings_size = sizeof(struct farm),
};

static int write_nothing(void *user, const char *text, size_t length)
{
	(void)user;
	(void)text;
	(void)length;
	return 0;
}

/* No host is empty. */
static void check_hosts(const struct hd_target *target)
{
	const struct farm *farm = target->settings;

	if (target->type != &farm_type)
		return;
	for (size_t i = 0; farm->hosts && farm->hosts[i]; i++)
		if (!*farm->hosts[i])
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hd_backend_type *const types[] = { &farm_type };
	static const struct hd_target_types own = { types, 1 };
	const struct hd_out out = { .write = write_nothing };
	struct hd_findings *findings = hd_findings_new();
	struct hd_targets *targets = NULL;
	struct hd_error err;
	int rc;

	if (!findings)
		return 0;
	rc = hd_targets_parse(&targets, (const char *)data, size, "fuzz", &own, findings, &err);
	if ((rc == 0) != (targets != NULL) || (targets && !hd_targets_find(targets, "local")))
		abort();
	for (size_t i = 1; targets && i < hd_targets_count(targets); i++)
		check_hosts(hd_targets_at(targets, i));
	hd_report_findings(findings, HD_FORMAT_TEXT, &out, &err);
	hd_targets_free(targets);
	hd_findings_free(findings);
	return 0;
}
