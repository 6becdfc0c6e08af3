/*
 * A sweep in a few words, as a command line or a program has them, in place of
 * a file: "lr=loguniform:-9:-2", "bs=16,32", "min:loss".
 *
 * The words become the text of a HyperDrive file, which goes through the loader
 * that every file goes through: checks, the store and a resume are the same.
 * Findings name the word that is wrong, as "-p lr=logunifrom:-9:-2".
 */
#ifndef HDRIVE_LINE_H
#define HDRIVE_LINE_H

#include <hdrive/api.h>
#include <hdrive/config.h>
#include <hdrive/error.h>

HD_BEGIN_DECLS

/* A further key of the file. */
struct hd_line_key {
	const char *key;   /* "max_total_runs" */
	const char *value; /* as it would stand in the file: "8" */
	const char *said;  /* what messages call it: "--max-trials 8" */
};

/*
 * A parameter is NAME=EXPR (docs/reference/expressions.md):
 *
 *   loguniform:-9:-2    an expression and its arguments
 *   16,32               a choice; all numbers, or all texts as they stand;
 *                       an item in quotes is text and may hold anything
 *   1..10               whole numbers, both ends included, each as likely
 *   0.1..0.9            uniform
 *   1e-5..1e-1:log      evenly in the logarithm; the bounds are values
 *
 * The metric is GOAL:NAME with min, max, minimize or maximize. A sampler or
 * policy is NAME or NAME:KEY=VALUE,KEY=VALUE.
 */
struct hd_line {
	size_t size; /* sizeof this struct, for later growth */
	const char *const *params;
	size_t param_count; /* at least 1 */
	const char *metric;
	const char *sampler; /* NULL: random */
	const char *policy;  /* NULL: none */
	/*
	 * Without max_total_runs among them: every point of a space of at most
	 * 100, else 20 trials.
	 */
	const struct hd_line_key *keys;
	size_t key_count;
};

/*
 * As hd_config_parse of the text that LINE stands for, which is then
 * (*OUT)->text. HD_EINVAL when a finding is an error.
 */
HD_API int hd_config_line(struct hd_config **out, const struct hd_line *line,
			  const struct hd_config_load *load,
			  struct hd_findings *findings, struct hd_error *err);

HD_END_DECLS

#endif
