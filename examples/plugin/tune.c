/*
 * tune SWEEP.YML: a program with a sampler and a policy of its own, which its
 * sweep files may name. What it tunes is a made-up curve; a real program would
 * train where trial_loss() stands.
 */
#include "plugins.h"

#include <math.h>
#include <stdio.h>

#define INTERVALS 30

static const struct hd_sampler_type *const samplers[] = { &halton_sampler };
static const struct hd_policy_type *const policies[] = { &patience_policy };
static const struct hd_plugins plugins = {
	.samplers = samplers,
	.sampler_count = 1,
	.policies = policies,
	.policy_count = 1,
};

/* The loss after so many intervals: it sinks fast with a high rate, and far
 * with one near 0.01 and a wide net. */
static double trial_loss(const struct hd_value *values, int interval)
{
	double rate = values[0].number;
	double width = values[1].number;
	double off = log(rate / 0.01) / 4;
	double end = 0.1 + off * off + 2 / width;

	return end + (2 - end) * exp(-interval * (0.2 + rate * 3));
}

/* One trial, until it has ended or is asked to. True when it was. */
static bool trial_run(struct hd_study *study, size_t number,
		      const struct hd_value *values, struct hd_error *err)
{
	struct hd_value mine[3] = { values[0], values[1], values[2] };
	struct hd_reason why = { 0 };

	for (int i = 1; i <= INTERVALS; i++) {
		if (hd_study_report(study, number, NULL, trial_loss(mine, i), &why, err) !=
		    HD_STOP)
			continue;
		hd_study_end(study, number, NULL, HD_TRIAL_CANCELED, why.text, err);
		if (number < 3)
			printf("trial %zu stopped at interval %d: %s\n", number, i, why.text);
		return true;
	}
	hd_study_end(study, number, NULL, HD_TRIAL_COMPLETED, NULL, err);
	return false;
}

static int study_run(struct hd_study *study, struct hd_error *err)
{
	const struct hd_value *values;
	size_t number, trials = 0, stopped = 0;
	double best;
	int rc;

	while ((rc = hd_study_ask(study, NULL, &number, &values, err)) == 0) {
		stopped += trial_run(study, number, values, err);
		trials++;
	}
	if (rc == HD_EXHAUSTED)
		rc = hd_study_best(study, &number, &best, err);
	if (rc == 0)
		printf("%zu trials, %zu stopped, best %.4f (#%zu)\n", trials, stopped, best,
		       number);
	return rc;
}

static void print_findings(const struct hd_findings *findings)
{
	for (size_t i = 0; i < hd_findings_kept(findings); i++) {
		const struct hd_finding *finding = hd_findings_at(findings, i);

		/* Azure knows neither of the two: that is not news here. */
		if (finding->severity != HD_FINDING_PORTABILITY)
			fprintf(stderr, "%s:%zu:%zu: %s\n", finding->mark.file,
				finding->mark.line, finding->mark.column, finding->text);
	}
}

int main(int argc, char **argv)
{
	struct hd_config_load load = { .size = sizeof load, .plugins = &plugins };
	struct hd_study_options options = { .size = sizeof options, .seed = 7 };
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_study *study = NULL;
	struct hd_error err = { 0 };
	int rc;

	if (argc != 2 || !findings) {
		fprintf(stderr, "usage: tune SWEEP.YML\n");
		return 2;
	}
	rc = hd_config_open(&config, argv[1], &load, findings, &err);
	print_findings(findings);
	options.config = config;
	if (rc == 0)
		rc = hd_study_new(&study, &options, &err);
	if (rc == 0)
		rc = study_run(study, &err);
	if (rc < 0)
		fprintf(stderr, "tune: %s\n", err.text);
	hd_study_free(study);
	hd_config_free(config);
	hd_findings_free(findings);
	return rc < 0;
}
