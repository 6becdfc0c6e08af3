/*
 * Run configurations of tests: one loaded from text for a place with a script
 * and a python3, and what is said of it.
 */
#ifndef TESTS_SUPPORT_RUNCONFIGS_H
#define TESTS_SUPPORT_RUNCONFIGS_H

#include "check.h"
#include "folder.h"

#include <hdrive/report.h>
#include <hdrive/runconfig.h>

/* One load: what came of it and what was said. */
struct loading {
	struct hd_runconfig *runconfig;
	struct hd_findings *findings;
	struct hd_error err;
	int rc;
};

/* A source folder with a script, and a PATH with python3 alone. */
struct place {
	char source[FOLDER_PATH];
	char bin[FOLDER_PATH];
	struct hd_runconfig_host host;
};

static inline int setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	folder_make(place->source);
	folder_make(place->bin);
	folder_write(place->source, "train.py", "", 0644);
	folder_write(place->source, "tool", "", 0755);
	folder_write(place->bin, "python3", "", 0755);
	place->host = (struct hd_runconfig_host){
		.size = sizeof place->host,
		.path = place->bin,
		.source = place->source,
	};
	*state = place;
	return 0;
}

static inline int teardown(void **state)
{
	struct place *place = *state;

	folder_remove(place->source);
	folder_remove(place->bin);
	free(place);
	return 0;
}

static inline void load(struct loading *loading, const char *text,
			const struct hd_runconfig_host *host)
{
	memset(loading, 0, sizeof *loading);
	loading->findings = hd_findings_new();
	assert_non_null(loading->findings);
	loading->rc = hd_runconfig_parse(&loading->runconfig, text, strlen(text),
					 "t.runconfig", host, loading->findings,
					 &loading->err);
	assert_int_equal(loading->rc == 0, loading->runconfig != NULL);
}

static inline void load_end(struct loading *loading)
{
	hd_runconfig_free(loading->runconfig);
	hd_findings_free(loading->findings);
}

/* Loads without a word said. */
static inline void load_quietly(struct loading *loading, const char *text,
				const struct hd_runconfig_host *host)
{
	load(loading, text, host);
	if (hd_findings_kept(loading->findings))
		fail_msg("%s", hd_findings_at(loading->findings, 0)->text);
	assert_int_equal(loading->rc, 0);
}

/* All that is said of TEXT, a line each, "error: " or "warning: " before it. */
static inline const char *said(const char *text, const struct hd_runconfig_host *host)
{
	static char all[4096];
	struct loading loading;
	size_t at = 0;

	load(&loading, text, host);
	all[0] = '\0';
	for (size_t i = 0; i < hd_findings_kept(loading.findings); i++) {
		const struct hd_finding *finding =
			hd_findings_at(loading.findings, i);

		at += (size_t)snprintf(all + at, sizeof all - at, "%s: %s\n",
				       finding->severity == HD_FINDING_ERROR
					       ? "error"
					       : "warning",
				       finding->text);
		assert_in_range(at, 0, sizeof all - 1);
	}
	load_end(&loading);
	return all;
}

static inline void assert_said(const char *text, const struct hd_runconfig_host *host,
			       const char *expected)
{
	const char *all = said(text, host);

	if (!strstr(all, expected))
		fail_msg("'%s' is not in: %s", expected, all);
}

static inline void assert_words(const struct hd_program *program,
				const char *const *words)
{
	size_t count = 0;

	for (; words[count]; count++) {
		assert_in_range(count, 0, program->word_count - 1);
		assert_string_equal(program->words[count], words[count]);
	}
	assert_int_equal(program->word_count, count);
}

static inline bool has_variable(const struct hd_program *program, const char *variable)
{
	for (size_t i = 0; i < program->environment_count; i++)
		if (!strcmp(program->environment[i], variable))
			return true;
	return false;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
