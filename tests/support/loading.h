/*
 * A text loaded as a HyperDrive file, and what was said of it.
 */
#ifndef TESTS_SUPPORT_LOADING_H
#define TESTS_SUPPORT_LOADING_H

#include "check.h"

#include <hdrive/config.h>

/* One load. */
struct loading {
	struct hd_config *config;
	struct hd_findings *findings;
	struct hd_error err;
	int rc;
};

#define METRIC                        \
	"primary_metric_name: loss\n" \
	"primary_metric_goal: minimize\n"
#define ONE_PARAMETER          \
	"sampling:\n"          \
	"  type: random\n"     \
	"  parameter_space:\n" \
	"  - {name: --x, expression: choice, values: [1, 2, 3]}\n"
#define GOOD ONE_PARAMETER METRIC "max_total_runs: 8\n"

static inline void load_with(struct loading *loading, const char *text,
			     const struct hd_config_load *load)
{
	memset(loading, 0, sizeof *loading);
	loading->findings = hd_findings_new();
	assert_non_null(loading->findings);
	loading->rc = hd_config_parse(&loading->config, text, strlen(text),
				      "t.yaml", load, loading->findings,
				      &loading->err);
	assert_int_equal(loading->rc == 0, loading->config != NULL);
}

static inline void load_end(struct loading *loading)
{
	hd_config_free(loading->config);
	hd_findings_free(loading->findings);
}

#endif
