/*
 * Calls of a study from bytes: whatever is called in whatever order, with any
 * text, number and client, each call returns a code that it documents, no trial
 * that has ended changes, and the study goes on.
 *
 * Input: a byte for the file of the studies, whose highest bit keeps the second
 * one in a store; then for each call a byte for what it is and which of two
 * studies it is of, and what it takes.
 */
#include "bytes.h"

#include <hdrive/study.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIALS_MOST 48
#define STORE_INPUTS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- files -------------------------------------------------------------------- */

#define SPACE                                                               \
	"parameter_space: [{name: x, expression: uniform, values: [0, 1]}," \
	" {name: m, expression: choice, values: [a, b, {c: {d: {type: randint, upper: 3}}}]}]}\n"
#define REST                                                      \
	"primary_metric_name: v\nprimary_metric_goal: minimize\n" \
	"max_concurrent_runs: 3\nmax_total_runs: "

static const char *const files[] = {
	"sampling: {type: random, " SPACE REST "1000\n",
	"sampling: {type: random, " SPACE
	"policy: {type: bandit, slack_factor: 0.1}\n" REST "1000\n",
	"sampling: {type: random, " SPACE
	"policy: {type: median_stopping, delay_evaluation: 1}\nreduce: mean-2\n" REST "9\n",
	"sampling: {type: tpe, startup: 2, " SPACE "max_failures: 1\n" REST "1000\n",
	"sampling: {type: grid, parameter_space: [{name: x, expression: choice,"
	" values: [0, 1, 2]}]}\nreduce: last\n" REST "1000\n",
	"sampling: {type: sobol, " SPACE
	"policy: {type: truncation_selection, truncation_percentage: 50}\n" REST "5\n",
	"sampling: {type: random, " SPACE
	"end_when: {target: -5, patience: 3, min_delta: 1}\n" REST "1000\n",
};

#define FILES (sizeof files / sizeof files[0])

/* Loaded once: a config is immutable. */
static const struct hd_config *config_of(size_t index)
{
	static struct hd_config *configs[FILES];
	struct hd_findings *findings;

	if (!configs[index]) {
		findings = hd_findings_new();
		demand(hd_config_parse(&configs[index], files[index],
				       strlen(files[index]), "f", NULL, findings,
				       NULL) == 0);
		hd_findings_free(findings);
	}
	return configs[index];
}

/* --- a store, made anew from time to time ------------------------------------------ */

static struct hd_store *store;
static char store_folder[] = "/dev/shm/hdrive-fuzz-XXXXXX";

static void store_drop(void)
{
	char command[64];

	hd_store_close(store);
	if (store) {
		snprintf(command, sizeof command, "rm -rf %s", store_folder);
		demand(system(command) == 0);
	}
	store = NULL;
}

static struct hd_store *store_get(void)
{
	static unsigned inputs;
	char path[64];

	if (inputs == 0)
		atexit(store_drop);
	if (inputs++ % STORE_INPUTS == 0) {
		store_drop();
		strcpy(store_folder, "/dev/shm/hdrive-fuzz-XXXXXX");
		if (!mkdtemp(store_folder))
			return NULL;
		snprintf(path, sizeof path, "%s/s.db", store_folder);
		demand(hd_store_open(&store, path, HD_STORE_CREATE, NULL) == 0);
	}
	return store;
}

/* --- studies ------------------------------------------------------------------------ */

struct subject {
	struct hd_study *study;
	bool kept;
	size_t ended[TRIALS_MOST]; /* intervals of a trial that ended, plus 1 */
	enum hd_trial_state states[TRIALS_MOST];
};

/* What has ended stays as it was. */
static void check_ended(struct subject *subject)
{
	const struct hd_history *history = hd_study_history(subject->study);

	for (size_t i = 0; i < hd_history_count(history) && i < TRIALS_MOST; i++) {
		const struct hd_trial *trial = hd_history_trial(history, i);
		enum hd_trial_state state = hd_trial_state(trial);

		if (subject->ended[i]) {
			demand(state == subject->states[i]);
			demand(hd_trial_intervals(trial) + 1 == subject->ended[i]);
		} else if (hd_trial_state_is_terminal(state)) {
			subject->states[i] = state;
			subject->ended[i] = hd_trial_intervals(trial) + 1;
		}
	}
}

static double number_of(struct bytes *bytes)
{
	static const double numbers[] = { 0, -0.0, 1, -1, NAN, INFINITY, -INFINITY,
					  1e308, -1e308, 5e-324, 0.25 };
	unsigned index = byte_take(bytes);

	if (index < sizeof numbers / sizeof numbers[0])
		return numbers[index];
	return (double)index / 64 - 2;
}

static const char *client_of(struct bytes *bytes)
{
	static const char *const clients[] = { NULL, NULL, "a", "b", "", "\xff\n'\"" };

	return clients[byte_take(bytes) % 6];
}

static size_t trial_of(struct bytes *bytes)
{
	unsigned index = byte_take(bytes);

	return index == 255 ? SIZE_MAX : index == 254 ? SIZE_MAX / 2
						      : index % 16;
}

static const char *point_of(struct bytes *bytes, char *text, size_t size)
{
	static const char *const points[] = {
		"{\"x\":0.5,\"m\":\"a\"}",
		"{\"x\":0.5,\"m\":\"c\",\"d\":2}",
		"{\"m\":\"b\",\"x\":1e0}",
		"{\"x\":2}",
		"{\"x\":2,\"m\":\"a\"}",
		"{\"x\":0.5,\"m\":\"c\"}",
		"{\"x\":0.5,\"m\":\"a\",\"d\":1}",
		"{\"x\":null,\"m\":[{}]}",
		"{",
		"",
		"[]",
		"{\"x\":1e999,\"m\":\"\\u0000\"}",
	};
	unsigned index = byte_take(bytes);
	size_t length = index % 32;

	if (index < sizeof points / sizeof points[0])
		return points[index];
	if (index == 255)
		return NULL;
	for (size_t i = 0; i < length && i + 1 < size; i++)
		text[i] = (char)byte_take(bytes);
	text[length] = '\0';
	return text;
}

/* --- calls ---------------------------------------------------------------------------- */

static bool has_ended(const struct subject *subject, size_t number)
{
	const struct hd_history *history = hd_study_history(subject->study);

	return number < hd_history_count(history) &&
	       hd_trial_state_is_terminal(
		       hd_trial_state(hd_history_trial(history, number)));
}

static void call_ask(struct subject *subject, struct bytes *bytes)
{
	const struct hd_value *values = NULL;
	const char *client = client_of(bytes);
	size_t number = SIZE_MAX, again = 0;
	char text[256];
	int rc;

	if (hd_history_count(hd_study_history(subject->study)) >= TRIALS_MOST)
		return;
	rc = hd_study_ask(subject->study, client, &number, &values, NULL);
	demand(rc == 0 || rc == HD_EXHAUSTED || rc == HD_ESTATE);
	if (rc != 0)
		return;
	demand(number < hd_history_count(hd_study_history(subject->study)));
	demand(!has_ended(subject, number));
	demand(hd_space_json(hd_study_space(subject->study), values, text,
			     sizeof text) < sizeof text);
	if (client) {
		demand(hd_study_ask(subject->study, client, &again, &values, NULL) == 0);
		demand(again == number);
	}
}

/* What tell, end and report return of trial NUMBER. */
static void check_code(const struct subject *subject, int rc, size_t number,
		       size_t count, bool ended, const char *client)
{
	(void)subject;
	demand(rc == 0 || rc == HD_STOP || rc == HD_ENDED || rc == HD_ENOENT ||
	       rc == HD_ESTATE);
	demand((rc == HD_ENOENT) == (number >= count));
	demand((rc == HD_ENDED) == ended);
	demand(rc != HD_ESTATE || client);
}

static void call_value(struct subject *subject, struct bytes *bytes, bool last)
{
	size_t number = trial_of(bytes);
	const char *client = client_of(bytes);
	double value = number_of(bytes);
	size_t count = hd_history_count(hd_study_history(subject->study));
	bool ended = has_ended(subject, number);
	struct hd_reason why;
	int rc = last ? hd_study_tell(subject->study, number, client, value, NULL)
		      : hd_study_report(subject->study, number, client, value, &why,
					NULL);

	check_code(subject, rc, number, count, ended, client);
	demand(!last || rc != HD_STOP);
	demand(rc != HD_STOP || memchr(why.text, '\0', sizeof why.text));
}

static void call_end(struct subject *subject, struct bytes *bytes)
{
	size_t number = trial_of(bytes);
	const char *client = client_of(bytes), *detail = client_of(bytes);
	enum hd_trial_state state =
		(enum hd_trial_state)(byte_take(bytes) % HD_TRIAL_STATES);
	size_t count = hd_history_count(hd_study_history(subject->study));
	bool ended = has_ended(subject, number);
	int rc = hd_study_end(subject->study, number, client, state, detail, NULL);

	if (!hd_trial_state_is_terminal(state))
		demand(rc == HD_EINVAL);
	else
		check_code(subject, rc, number, count, ended, client);
}

static void call_point(struct subject *subject, struct bytes *bytes, bool add)
{
	char text[64];
	double curve[4];
	size_t count = byte_take(bytes) % 5, number = 0;
	const char *point = point_of(bytes, text, sizeof text);
	int rc;

	for (size_t i = 0; i < count && i < 4; i++)
		curve[i] = number_of(bytes);
	if (hd_history_count(hd_study_history(subject->study)) >= TRIALS_MOST)
		return;
	rc = add ? hd_study_add(subject->study, point, count < 4 ? curve : NULL,
				count, count % 2 ? HD_TRIAL_FAILED : HD_TRIAL_COMPLETED,
				NULL, &number, NULL)
		 : hd_study_enqueue(subject->study, point, NULL);
	demand(rc == 0 || rc == HD_EINVAL || rc == HD_ESTATE);
	demand(rc != 0 || point);
	demand(rc != 0 || !add || has_ended(subject, number));
}

static void call_best(struct subject *subject)
{
	size_t number = SIZE_MAX;
	double value = NAN;
	int rc = hd_study_best(subject->study, &number, &value, NULL);

	demand(rc == 0 || rc == HD_ENOENT);
	demand(rc != 0 || number < hd_history_count(hd_study_history(subject->study)));
	demand(rc != 0 || !isnan(value));
}

static void call_misuse(struct subject *subject)
{
	const struct hd_value *values;
	size_t number;

	demand(hd_study_ask(NULL, NULL, &number, &values, NULL) == HD_EINVAL);
	demand(hd_study_ask(subject->study, "a", NULL, &values, NULL) == HD_EINVAL);
	demand(hd_study_tell(NULL, 0, NULL, 1, NULL) == HD_EINVAL);
	demand(hd_study_report(NULL, 0, NULL, 1, NULL, NULL) == HD_EINVAL);
	demand(hd_study_stop(NULL, NULL) == HD_EINVAL);
	demand(hd_study_refresh(NULL, NULL) == HD_EINVAL);
	demand(hd_study_add(subject->study, "{}", NULL, 1, HD_TRIAL_COMPLETED, NULL,
			    NULL, NULL) == HD_EINVAL);
	demand(hd_study_new(NULL, NULL, NULL) == HD_EINVAL);
}

/* Another process would see the same. */
static void call_reopen(struct subject *subject)
{
	int64_t key = hd_study_key(subject->study);

	if (!subject->kept)
		return;
	hd_study_free(subject->study);
	demand(hd_study_open(&subject->study, store, key, NULL) == 0);
}

static void call(struct subject *subject, unsigned what, struct bytes *bytes)
{
	int rc;

	switch (what) {
	case 0:
	case 1:
	case 2:
		call_ask(subject, bytes);
		break;
	case 3:
	case 4:
		call_value(subject, bytes, false);
		break;
	case 5:
	case 6:
		call_value(subject, bytes, true);
		break;
	case 7:
		call_end(subject, bytes);
		break;
	case 8:
	case 9:
		call_point(subject, bytes, what == 8);
		break;
	case 10:
		call_best(subject);
		break;
	case 11:
		demand(hd_study_refresh(subject->study, NULL) == 0);
		break;
	case 12:
		call_misuse(subject);
		break;
	case 13:
		call_reopen(subject);
		break;
	case 14:
		(void)hd_study_note(subject->study);
		break;
	default:
		rc = hd_study_stop(subject->study, NULL);
		demand(rc == 0 || rc == HD_ENDED);
		break;
	}
	check_ended(subject);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct subject subjects[2] = { { .kept = false } };
	struct hd_study_options options = { .size = sizeof options, .seed = 3 };
	unsigned first = byte_take(&bytes);
	struct hd_store *kept = first & 0x80 ? store_get() : NULL;

	options.config = config_of((first & 0x7f) % FILES);
	subjects[1].kept = kept != NULL;
	demand(hd_study_new(&subjects[0].study, &options, NULL) == 0);
	demand((kept ? hd_study_create(&subjects[1].study, kept, NULL, &options, NULL)
		     : hd_study_new(&subjects[1].study, &options, NULL)) == 0);
	while (bytes.size) {
		unsigned what = byte_take(&bytes);

		call(&subjects[what >> 7], what & 15, &bytes);
	}
	hd_study_free(subjects[0].study);
	hd_study_free(subjects[1].study);
	return 0;
}
