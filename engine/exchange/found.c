#include "exchange/found.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange/cell.h"

#define TRIALS_MOST ((size_t)10000000)
#define NUMBER_MOST INT32_MAX

int hd_found_init(struct hd_found *found, const char *path,
		  const struct hd_import *import, struct hd_error *err)
{
	*found = (struct hd_found){ .path = path, .import = import };
	found->arena = hd_arena_new();
	/* With maps only what they name, and what says so, is a parameter. */
	found->has_params = import->map_count > 0;
	return found->arena ? 0 : hd_error_nomem(err);
}

void hd_found_release(struct hd_found *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->trials[i].logged);
	free(found->trials);
	free(found->spaces);
	free(found->metric);
	hd_names_release(&found->params);
	hd_names_release(&found->metrics);
	hd_arena_free(found->arena);
}

/* --- roles ---------------------------------------------------------------- */

static const struct {
	const char *column;
	enum hd_role_kind kind;
} role_words[] = {
	{ "trial", HD_ROLE_NUMBER },
	{ "number", HD_ROLE_NUMBER },
	{ "state", HD_ROLE_STATE },
	{ "end", HD_ROLE_END },
	{ "detail", HD_ROLE_DETAIL },
	{ "started", HD_ROLE_STARTED },
	{ "datetime_start", HD_ROLE_STARTED },
	{ "ended", HD_ROLE_ENDED },
	{ "datetime_complete", HD_ROLE_ENDED },
	{ "duration", HD_ROLE_IGNORED },
	{ "objective", HD_ROLE_OBJECTIVE },
	{ "value", HD_ROLE_VALUE },
	/* The index that pandas writes. */
	{ "", HD_ROLE_IGNORED },
};

static bool has_prefix(const char *text, const char *prefix, const char **rest)
{
	size_t length = strlen(prefix);

	*rest = text + length;
	return !strncmp(text, prefix, length) && text[length];
}

/* What a --map says of COLUMN, NULL for nothing. */
static const char *mapped(const struct hd_import *import, const char *column)
{
	size_t length = strlen(column);

	for (size_t i = 0; i < import->map_count; i++)
		if (!strncmp(import->maps[i], column, length) && import->maps[i][length] == '=')
			return import->maps[i] + length + 1;
	return NULL;
}

struct hd_role hd_found_role(const struct hd_found *found, const char *column)
{
	const struct hd_config *config = found->import->config;
	const char *metric = found->import->metric ? found->import->metric
			     : config              ? config->metric
						   : NULL;
	struct hd_role role = { HD_ROLE_UNKNOWN, column, NULL };

	role.name = mapped(found->import, column);
	if (role.name)
		role.kind = *role.name ? HD_ROLE_PARAM : HD_ROLE_IGNORED;
	else if (has_prefix(column, "params.", &role.name) ||
		 has_prefix(column, "params_", &role.name))
		role.kind = HD_ROLE_PARAM;
	else if (has_prefix(column, "metrics.", &role.name))
		role.kind = HD_ROLE_METRIC;
	else if (has_prefix(column, "user_attrs_", &role.name) ||
		 has_prefix(column, "system_attrs_", &role.name))
		role.kind = HD_ROLE_IGNORED;
	role.name = role.kind == HD_ROLE_UNKNOWN ? column : role.name;
	for (size_t i = 0; role.kind == HD_ROLE_UNKNOWN &&
			   i < sizeof role_words / sizeof role_words[0];
	     i++)
		if (!strcmp(role_words[i].column, column))
			role.kind = role_words[i].kind;
	if (metric && !strcmp(metric, column) &&
	    (role.kind == HD_ROLE_UNKNOWN || role.kind == HD_ROLE_IGNORED))
		role.kind = HD_ROLE_METRIC;
	return role;
}

/* --- trials --------------------------------------------------------------- */

struct hd_found_trial *hd_found_add(struct hd_found *found,
				    const struct hd_mark *mark)
{
	if (found->count == TRIALS_MOST)
		return NULL;
	if (found->count == found->room) {
		size_t room = found->room ? 2 * found->room : 64;
		struct hd_found_trial *trials = realloc(found->trials, room * sizeof *trials);

		if (!trials)
			return NULL;
		found->trials = trials;
		found->room = room;
	}
	found->trials[found->count] = (struct hd_found_trial){
		.mark = *mark,
		.state = HD_TRIAL_COMPLETED,
		.end = HD_END_EXIT,
		.value = NAN,
	};
	return &found->trials[found->count++];
}

void hd_found_drop(struct hd_found *found)
{
	found->unfinished++;
	free(found->trials[--found->count].logged);
}

int hd_found_param(struct hd_found *found, struct hd_found_trial *trial,
		   const char *name, const struct hd_value *value,
		   struct hd_error *err)
{
	size_t at = hd_names_add(&found->params, name + strspn(name, "-"));
	struct hd_value *values;
	size_t room;

	if (at == SIZE_MAX)
		return hd_error_nomem(err);
	if (at >= trial->value_count) {
		/* Most trials have all: the arena keeps what was outgrown. */
		room = found->params.count > at + 1 ? found->params.count : at + 1;
		values = hd_arena_array(found->arena, room, sizeof *values);
		if (!values)
			return hd_error_nomem(err);
		if (trial->value_count)
			memcpy(values, trial->values, trial->value_count * sizeof *values);
		trial->values = values;
		trial->value_count = room;
	}
	trial->values[at] = *value;
	return 0;
}

int hd_found_log(struct hd_found *found, struct hd_found_trial *trial,
		 const char *name, const struct hd_value *value,
		 struct hd_found_metric **logged, const struct hd_mark *mark,
		 struct hd_error *err)
{
	struct hd_found_metric *metric;
	size_t at = hd_names_add(&found->metrics, name);

	if (at == SIZE_MAX)
		return hd_error_nomem(err);
	if (trial->logged_count == trial->logged_room) {
		size_t room = trial->logged_room ? 2 * trial->logged_room : 2;
		struct hd_found_metric *grown = realloc(trial->logged, room * sizeof *grown);

		if (!grown)
			return hd_error_nomem(err);
		trial->logged = grown;
		trial->logged_room = room;
	}
	metric = &trial->logged[trial->logged_count];
	*metric = (struct hd_found_metric){ .name = at };
	if (!hd_cell_metric(value, &metric->value)) {
		if (value->kind != HD_VALUE_TEXT)
			return hd_error_at(err, mark, HD_EINVAL,
					   "a value of metric '%.64s' must be a number or a text",
					   name);
		metric->text = value->text;
		metric->length = value->length;
	}
	trial->logged_count++;
	if (logged)
		*logged = metric;
	return 0;
}

/* --- words ---------------------------------------------------------------- */

bool hd_found_state(const char *word, struct hd_found_trial *trial, bool *ended)
{
	static const struct {
		const char *word;
		enum hd_trial_state state;
		enum hd_end end;
	} words[] = {
		{ "Complete", HD_TRIAL_COMPLETED, HD_END_EXIT },
		{ "Completed", HD_TRIAL_COMPLETED, HD_END_EXIT },
		{ "Finished", HD_TRIAL_COMPLETED, HD_END_EXIT },
		{ "Pruned", HD_TRIAL_CANCELED, HD_END_POLICY },
		{ "Canceled", HD_TRIAL_CANCELED, HD_END_USER },
		{ "Killed", HD_TRIAL_CANCELED, HD_END_USER },
		{ "Fail", HD_TRIAL_FAILED, HD_END_EXIT },
		{ "Failed", HD_TRIAL_FAILED, HD_END_EXIT },
		{ "Crashed", HD_TRIAL_FAILED, HD_END_EXIT },
		{ "Running", HD_TRIAL_RUNNING, HD_END_NONE },
		{ "Waiting", HD_TRIAL_QUEUED, HD_END_NONE },
		{ "Queued", HD_TRIAL_QUEUED, HD_END_NONE },
		{ "Starting", HD_TRIAL_STARTING, HD_END_NONE },
		{ "CancelRequested", HD_TRIAL_STOPPING, HD_END_NONE },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcasecmp(words[i].word, word) != 0)
			continue;
		trial->state = words[i].state;
		if (!trial->has_end)
			trial->end = words[i].end;
		*ended = hd_trial_state_is_terminal(trial->state);
		return true;
	}
	return false;
}

/* Days from 1970 to a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t leap = year - (month <= 2);

	return (year - 1970) * 365 + before[month - 1] + day - 1 +
	       (leap / 4 - leap / 100 + leap / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/* "+02:00", "Z" or nothing as microseconds. */
static bool zone_read(const char *text, int64_t *offset)
{
	int hours, minutes, length = 0;
	char sign;

	*offset = 0;
	if (*text == '\0' || !strcmp(text, "Z"))
		return true;
	if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &length) != 3 ||
	    text[length] || (sign != '+' && sign != '-') || hours > 23 || minutes > 59)
		return false;
	*offset = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * INT64_C(60000000);
	return true;
}

bool hd_found_time(const char *text, int64_t *time)
{
	int year, month, day, hour, minute, second, length = 0;
	int64_t part = 0, scale = 1000000, offset;
	char between;

	if (sscanf(text, "%4d-%2d-%2d%c%2d:%2d:%2d%n", &year, &month, &day, &between, &hour,
		   &minute, &second, &length) != 7 ||
	    length == 0 || (between != 'T' && between != ' ') || year < 1970 || month < 1 ||
	    month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59 || second < 0 || second > 60)
		return false;
	text += length;
	if (*text == '.')
		for (text++; isdigit((unsigned char)*text); text++) {
			scale /= 10;
			part += (*text - '0') * scale;
		}
	if (!zone_read(text, &offset))
		return false;
	*time = (((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) *
			INT64_C(1000000) +
		part - offset;
	return true;
}

/* --- what a cell says ----------------------------------------------------- */

/* VALUE as a message shows it. */
static const char *shown(const struct hd_value *value, char *text, size_t size)
{
	if (value->text)
		snprintf(text, size, "'%.40s'", value->text);
	else if (hd_value_format(value, text, size) >= size)
		snprintf(text, size, "a number");
	return text;
}

static int wrong(const struct hd_role *role, const struct hd_value *value,
		 const struct hd_mark *mark, const char *expected,
		 struct hd_error *err)
{
	char text[64];

	return hd_error_at(err, mark, HD_EINVAL, "'%.64s' must be %s, got %s", role->column,
			   expected, shown(value, text, sizeof text));
}

int hd_found_objective(struct hd_found *found, const struct hd_value *value,
		       const struct hd_mark *mark, struct hd_error *err)
{
	const char *name = value->text;
	enum hd_goal goal;

	if (value->kind == HD_VALUE_ABSENT || value->kind == HD_VALUE_NULL ||
	    (value->kind == HD_VALUE_TEXT && value->length == 0))
		return 0;
	if (value->kind == HD_VALUE_TEXT && has_prefix(value->text, "min:", &name))
		goal = HD_MINIMIZE;
	else if (value->kind == HD_VALUE_TEXT && has_prefix(value->text, "max:", &name))
		goal = HD_MAXIMIZE;
	else
		return wrong(&(struct hd_role){ .column = "objective" }, value, mark,
			     "min:METRIC or max:METRIC", err);
	if (found->metric && (strcmp(found->metric, name) || found->goal != goal))
		return hd_error_at(err, mark, HD_EINVAL,
				   "the objective is '%.64s' here and '%s:%.64s' before: one "
				   "file, one sweep",
				   value->text, found->goal == HD_MAXIMIZE ? "max" : "min",
				   found->metric);
	if (!found->metric)
		found->metric = strdup(name);
	found->goal = goal;
	found->has_goal = true;
	return found->metric ? 0 : hd_error_nomem(err);
}

static int take_time(const struct hd_role *role, const struct hd_value *value,
		     int64_t *time, const struct hd_mark *mark, struct hd_error *err)
{
	if (value->kind == HD_VALUE_ABSENT || value->kind == HD_VALUE_NULL)
		return 0;
	if (value->kind == HD_VALUE_TEXT && hd_found_time(value->text, time))
		return 0;
	return wrong(role, value, mark, "a time such as 2026-11-26T03:14:13Z", err);
}

static int take_number(struct hd_found_trial *trial, const struct hd_role *role,
		       const struct hd_value *value, const struct hd_mark *mark,
		       struct hd_error *err)
{
	if (value->kind != HD_VALUE_INTEGER || value->integer < 0 || value->integer > NUMBER_MOST)
		return wrong(role, value, mark, "a whole number from 0 up", err);
	trial->number = value->integer;
	trial->has_number = true;
	return 0;
}

static int take_end(struct hd_found_trial *trial, const struct hd_role *role,
		    const struct hd_value *value, const struct hd_mark *mark,
		    struct hd_error *err)
{
	if (value->kind != HD_VALUE_TEXT || value->length == 0)
		return 0;
	if (!hd_end_find(value->text, &trial->end))
		return wrong(role, value, mark,
			     "why it ended: exit, signal, policy, user, timeout, ...", err);
	trial->has_end = trial->end != HD_END_NONE;
	return 0;
}

static int take_state(struct hd_found_trial *trial, const struct hd_role *role,
		      const struct hd_value *value, const struct hd_mark *mark,
		      struct hd_error *err)
{
	bool ended;

	if (value->kind == HD_VALUE_ABSENT)
		return 0;
	if (value->kind != HD_VALUE_TEXT || !hd_found_state(value->text, trial, &ended))
		return wrong(role, value, mark, "a state: Completed, Failed, Canceled, ...", err);
	return 0;
}

static int take_value(struct hd_found_trial *trial, const struct hd_role *role,
		      const struct hd_value *value, const struct hd_mark *mark,
		      struct hd_error *err)
{
	if (value->kind == HD_VALUE_ABSENT)
		return 0;
	if (!hd_cell_metric(value, &trial->value))
		return wrong(role, value, mark, "a number", err);
	trial->has_value = !isnan(trial->value);
	return 0;
}

int hd_found_take(struct hd_found *found, struct hd_found_trial *trial,
		  const struct hd_role *role, const struct hd_value *value,
		  const struct hd_mark *mark, struct hd_error *err)
{
	switch (role->kind) {
	case HD_ROLE_UNKNOWN:
	case HD_ROLE_IGNORED:
	case HD_ROLE_LOGGED_NAME:
	case HD_ROLE_LOGGED_VALUE:
	case HD_ROLE_LOGGED_STEP:
	case HD_ROLE_LOGGED_TIME:
		return 0;
	case HD_ROLE_NUMBER:
		return take_number(trial, role, value, mark, err);
	case HD_ROLE_STATE:
		return take_state(trial, role, value, mark, err);
	case HD_ROLE_END:
		return take_end(trial, role, value, mark, err);
	case HD_ROLE_DETAIL:
		if (value->text)
			trial->detail = value->text;
		return 0;
	case HD_ROLE_STARTED:
		return take_time(role, value, &trial->started, mark, err);
	case HD_ROLE_ENDED:
		return take_time(role, value, &trial->ended, mark, err);
	case HD_ROLE_OBJECTIVE:
		return hd_found_objective(found, value, mark, err);
	case HD_ROLE_VALUE:
		return take_value(trial, role, value, mark, err);
	case HD_ROLE_PARAM:
		return value->kind == HD_VALUE_ABSENT
			       ? 0
			       : hd_found_param(found, trial, role->name, value, err);
	case HD_ROLE_METRIC:
		return value->kind == HD_VALUE_ABSENT
			       ? 0
			       : hd_found_log(found, trial, role->name, value, NULL, mark, err);
	}
	return 0;
}
