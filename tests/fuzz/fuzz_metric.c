/*
 * Metric lines: any bytes through the default rules, the metrics file's
 * records and two patterns. What is given must be a name and a value that the
 * store can take, and however the bytes are cut into chunks the parts are the
 * same.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum;

static int on_metric(void *user, const struct hd_metric *metric)
{
	(void)user;
	if (metric->name_length == 0 || metric->name_length > HD_METRIC_NAME ||
	    (metric->text && !isnan(metric->value)) || !metric->rule)
		abort();
	for (size_t i = 0; i < metric->name_length; i++)
		sum = sum * 31 + (unsigned char)metric->name[i];
	for (size_t i = 0; metric->text && i < metric->text_length; i++)
		sum = sum * 31 + (unsigned char)metric->text[i];
	return 0;
}

static int on_mark(void *user, const char *kind, const char *detail)
{
	(void)user;
	sum = sum * 31 + strlen(kind) + (detail ? strlen(detail) : 0);
	return 0;
}

/* All parts of the text, handed to the cutter CHUNK bytes at a time. */
static uint64_t run(struct hd_metric_rules *rules, const char *text,
		    size_t size, size_t chunk, bool records)
{
	struct hd_metric_scan scan = { .pending_kind = 0 };
	struct hd_metric_context context = {
		.rules = rules,
		.scan = &scan,
		.fn = on_metric,
		.records = records,
		.mark = on_mark,
	};
	struct hd_cut cut = { .buffer = text };
	struct hd_cut_part part;
	bool last = false;

	sum = 0;
	while (!last) {
		last = size - cut.end <= chunk;
		cut.end = last ? size : cut.end + chunk;
		while (hd_cut_next(&cut, last, &part)) {
			if (hd_metric_scan_part(&context, part.text,
						part.length))
				abort();
			if (part.newline)
				hd_metric_scan_end(&scan);
		}
	}
	return sum;
}

static struct hd_metric_rules *rules_new(const char *pattern,
					 const char *primary)
{
	struct hd_metric_rules *rules;

	if (hd_metric_rules_new(&rules, &pattern, pattern != NULL, NULL) ||
	    hd_metric_rules_primary(rules, primary))
		abort();
	return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hd_metric_rules *rules[4];
	/* A copy of the exact size, so that a read past its end is seen. */
	char *text = malloc(size ? size : 1);

	if (!text)
		abort();
	if (!rules[0]) {
		rules[0] = rules_new(NULL, NULL);
		rules[1] = rules_new(NULL, "val loss [%]: a");
		rules[2] = rules_new("(?<name>\\w+)[ =]+(?<value>\\S*)", "x");
		rules[3] = rules_new("\xc3\xa4?(?<value>.*?)(?<step>\\d*)", "x");
	}
	memcpy(text, data, size);
	for (int i = 0; i < 4; i++)
		for (int records = 0; records < 2; records++)
			if (run(rules[i], text, size, SIZE_MAX, records) !=
			    run(rules[i], text, size, 7, records))
				abort();
	free(text);
	return 0;
}
