/*
 * Sweep jobs loaded, what was said of them, and the shell line of a trial.
 */
#ifndef TESTS_SUPPORT_JOB_H
#define TESTS_SUPPORT_JOB_H

#include "loading.h"

#include <math.h>
#include <stdlib.h>

/* The parts of a small file, each of which a test may give in another form. */
#define OBJECTIVE "objective: {primary_metric: loss, goal: minimize}\n"
#define LIMITS "limits: {max_total_trials: 8}\n"
#define SPACE "search_space:\n  x: {type: uniform, min_value: 0, max_value: 1}\n"
#define TRIAL "trial:\n  command: t ${{search_space.x}}\n"
#define JOB "type: sweep\n" OBJECTIVE SPACE TRIAL

static inline const struct hd_finding *finding_of(const struct loading *loading,
						  enum hd_severity severity)
{
	for (size_t i = 0; i < hd_findings_kept(loading->findings); i++)
		if (hd_findings_at(loading->findings, i)->severity == severity)
			return hd_findings_at(loading->findings, i);
	return NULL;
}

/* The first finding of SEVERITY has WORDS; NULL: there is none. */
static inline void assert_says(const struct loading *loading,
			       enum hd_severity severity, const char *words)
{
	const struct hd_finding *found = finding_of(loading, severity);

	if (!found || !words) {
		if (found)
			fail_msg("not expected: %s", found->text);
		if (words)
			fail_msg("missing: %s", words);
		return;
	}
	if (!strstr(found->text, words))
		fail_msg("'%s' lacks '%s'", found->text, words);
}

static inline void assert_findings(const char *text, const char *error,
				   const char *warning, const char *note)
{
	struct loading loading;

	load_with(&loading, text, NULL);
	assert_says(&loading, HD_FINDING_ERROR, error);
	assert_says(&loading, HD_FINDING_WARNING, warning);
	assert_says(&loading, HD_FINDING_PORTABILITY, note);
	load_end(&loading);
}

static inline void assert_error(const char *text, const char *error)
{
	assert_findings(text, error, NULL, NULL);
}

static inline void assert_good(const char *text)
{
	assert_findings(text, NULL, NULL, NULL);
}

/* A good load of TEXT, to be ended by load_end. */
static inline const struct hd_config *load_good(struct loading *loading,
						const char *text)
{
	load_with(loading, text, NULL);
	assert_says(loading, HD_FINDING_ERROR, NULL);
	assert_non_null(loading->config);
	return loading->config;
}

static inline const char *joined(const char *a, const char *b)
{
	static char text[4096];

	snprintf(text, sizeof text, "%s%s", a, b);
	return text;
}

static inline size_t warnings(const struct loading *loading)
{
	return hd_findings_count(loading->findings, HD_FINDING_WARNING);
}

/* The shell line of trial NUMBER, in a folder "/t"; the caller's to free(). */
struct line {
	const struct hd_config *config;
	char *text;
};

static inline int take_line(void *user, size_t number, const struct hd_value *values)
{
	struct line *line = user;
	struct hd_error err = { 0 };
	char **argv = NULL;

	(void)number;
	if (hd_program_argv(&argv, line->config->program, line->config->space,
			    values, "/t", NULL, &err) < 0)
		fail_msg("%s", err.text);
	free(line->text);
	line->text = strdup(argv[2]);
	free(argv);
	return 0;
}

static inline char *line_of(const struct hd_config *config)
{
	struct line line = { config, NULL };
	struct hd_error err = { 0 };

	assert_non_null(config->program);
	assert_true(config->program->shell);
	assert_int_equal(hd_config_sample(config, 1, 1, take_line, &line, &err),
			 0);
	return line.text;
}

static inline void assert_in(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' lacks '%s'", text, part);
}

#endif
