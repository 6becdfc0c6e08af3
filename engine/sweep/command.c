/*
 * Requests: a table row and a function each. What comes from outside is
 * checked here; the core is only asked for what it can do.
 */
#include "sweep/command.h"

#include "base/json.h"
#include "base/time.h"
#include "sweep/retry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MOST 4096

struct command {
	struct hd_core *core;
	const struct hd_json *request;
	struct hd_buf *text; /* the answer's members, each after a comma */
	struct hd_error *err;
};

static bool member_true(const struct command *command, const char *name)
{
	const struct hd_json *node = hd_json_get(command->request, name);

	return node && hd_json_kind(node) == HD_JSON_TRUE;
}

/* A number that is there and greater than 0; else NAN. */
static double member_number(const struct command *command, const char *name)
{
	const struct hd_json *node = hd_json_get(command->request, name);
	double value = node ? hd_json_number(node) : NAN;

	return value > 0 ? value : NAN;
}

/* The numbers under "trials"; *COUNT of them, the caller's to free(). */
static int member_trials(const struct command *command, size_t **numbers,
			 size_t *count)
{
	const struct hd_json *list = hd_json_get(command->request, "trials");

	*count = list ? hd_json_count(list) : 0;
	*numbers = calloc(*count + 1, sizeof **numbers);
	if (!*numbers)
		return hd_error_nomem(command->err);
	for (size_t i = 0; i < *count; i++) {
		const struct hd_json *node = hd_json_at(list, i);

		if (hd_json_kind(node) != HD_JSON_INTEGER ||
		    hd_json_integer(node) < 0) {
			free(*numbers);
			return hd_error_set(command->err, HD_EINVAL,
					    "'trials' must be numbers of trials");
		}
		(*numbers)[i] = (size_t)hd_json_integer(node);
	}
	return 0;
}

static void answer_number(struct command *command, const char *name,
			  double value)
{
	hd_buf_printf(command->text, ",\"%s\":", name);
	if (isfinite(value))
		hd_buf_number(command->text, value);
	else
		hd_buf_puts(command->text, "null");
}

/* --- the commands --------------------------------------------------------- */

static int command_ping(struct command *command)
{
	(void)command;
	return 0;
}

static int command_cancel(struct command *command)
{
	double grace = member_number(command, "grace");
	bool now = member_true(command, "now");
	size_t *numbers, count, done = 0;
	int rc = member_trials(command, &numbers, &count);

	if (rc < 0)
		return rc;
	if (count == 0) {
		done = hd_core_live(command->core);
		hd_core_stop(command->core, HD_END_USER, now);
		hd_core_hurry(command->core, SIZE_MAX, grace);
	}
	for (size_t i = 0; i < count && rc >= 0; i++) {
		rc = hd_core_cancel(command->core, numbers[i], now, command->err);
		if (rc <= 0)
			continue;
		hd_core_hurry(command->core, numbers[i], grace);
		done++;
	}
	free(numbers);
	if (rc < 0)
		return rc;
	answer_number(command, "count", (double)done);
	return 0;
}

static void answer_limits(struct command *command, const char *name,
			  const struct hd_limits *limits, bool held)
{
	hd_buf_printf(command->text, ",\"%s\":{\"max_total\":%zu,"
				     "\"max_concurrent\":%zu",
		      name, limits->max_total, limits->max_concurrent);
	answer_number(command, "max_duration", limits->max_duration);
	answer_number(command, "trial_timeout", limits->trial_timeout);
	hd_buf_printf(command->text, ",\"held\":%s", held ? "true" : "false");
	answer_number(command, "target", limits->end_when.target);
	answer_number(command, "patience",
		      limits->end_when.patience == SIZE_MAX
			      ? NAN
			      : (double)limits->end_when.patience);
	answer_number(command, "patience_time", limits->end_when.patience_time);
	answer_number(command, "improvement",
		      limits->end_when.improvement > 0
			      ? limits->end_when.improvement
			      : NAN);
	hd_buf_puts(command->text, "}");
}

static int whole_limit(const struct command *command, const char *name,
		       double most, size_t *limit)
{
	double value = member_number(command, name);

	if (isnan(value))
		return 0;
	if (value != floor(value) || value > most)
		return hd_error_set(command->err, HD_EINVAL,
				    "'%s' must be a whole number from 1 to %.0f",
				    name, most);
	*limit = (size_t)value;
	return 0;
}

/* What is enough; a number that is there. */
static int update_ends(const struct command *command, struct hd_end_when *when)
{
	const struct hd_json *target = hd_json_get(command->request, "target");
	double time = member_number(command, "patience_time");
	double improvement = member_number(command, "improvement");

	if (target && isfinite(hd_json_number(target)))
		when->target = hd_json_number(target);
	if (!isnan(time))
		when->patience_time = time;
	if (!isnan(improvement))
		when->improvement = improvement;
	return whole_limit(command, "patience", 1e9, &when->patience);
}

/* {"held":true} or false; without it nothing changes. */
static int update_hold(const struct command *command)
{
	const struct hd_json *node = hd_json_get(command->request, "held");
	bool held = member_true(command, "held");

	if (!node || held == hd_core_is_held(command->core))
		return 0;
	return hd_core_hold(command->core, held, command->err);
}

static int command_update(struct command *command)
{
	bool held = hd_core_is_held(command->core);
	double duration = member_number(command, "max_duration");
	double timeout = member_number(command, "trial_timeout");
	struct hd_limits before, after;
	int rc;

	hd_core_limits(command->core, &before);
	after = before;
	rc = whole_limit(command, "max_total", 1e9, &after.max_total);
	if (rc == 0)
		rc = whole_limit(command, "max_concurrent", SLOTS_MOST,
				 &after.max_concurrent);
	if (rc == 0)
		rc = update_ends(command, &after.end_when);
	if (rc < 0)
		return rc;
	if (!isnan(duration))
		after.max_duration = duration;
	if (!isnan(timeout))
		after.trial_timeout = timeout;
	rc = hd_core_set_limits(command->core, &after, command->err);
	if (rc == 0)
		rc = update_hold(command);
	if (rc < 0)
		return rc;
	answer_limits(command, "before", &before, held);
	answer_limits(command, "after", &after, hd_core_is_held(command->core));
	return 0;
}

static int command_enqueue(struct command *command)
{
	const struct hd_json *node = hd_json_get(command->request, "parameters");
	char *parameters = node ? hd_json_dump(node) : NULL;
	int rc;

	if (!node)
		return hd_error_set(command->err, HD_EINVAL,
				    "'parameters' is missing");
	if (!parameters)
		return hd_error_nomem(command->err);
	rc = hd_core_enqueue(command->core, parameters, hd_time_wall(),
			     command->err);
	free(parameters);
	if (rc == 0)
		answer_number(command, "count", 1);
	return rc;
}

static int command_retry(struct command *command)
{
	struct hd_retry retry = {
		.failed = member_true(command, "failed"),
		.memory = member_true(command, "memory"),
		.timeout = member_true(command, "timeout"),
	};
	size_t *numbers, count;
	int rc = member_trials(command, &numbers, &retry.count);

	if (rc < 0)
		return rc;
	retry.numbers = numbers;
	rc = hd_core_retry(command->core, &retry, hd_time_wall(), &count,
			   command->err);
	free(numbers);
	if (rc == 0)
		answer_number(command, "count", (double)count);
	return rc;
}

static const struct command_row {
	const char *op;
	int (*run)(struct command *command);
} commands[] = {
	{ "ping", command_ping },
	{ "cancel", command_cancel },
	{ "update", command_update },
	{ "enqueue", command_enqueue },
	{ "retry", command_retry },
};

static int command_find(struct command *command)
{
	const struct hd_json *op = hd_json_get(command->request, "op");
	const char *name = op ? hd_json_string(op, &(size_t){ 0 }) : NULL;

	for (size_t i = 0; name && i < sizeof commands / sizeof commands[0]; i++)
		if (!strcmp(commands[i].op, name))
			return commands[i].run(command);
	return hd_error_set(command->err, HD_EINVAL, "unknown request '%s'",
			    name ? name : "");
}

void hd_command_run(struct hd_core *core, const char *line, size_t length,
		    struct hd_buf *text)
{
	struct hd_json *request = NULL;
	struct hd_buf members = HD_BUF_INIT;
	struct hd_error err = { 0 };
	struct command command = { core, NULL, &members, &err };
	int rc = hd_json_parse(&request, line, length, &err);

	command.request = request;
	if (rc == 0)
		rc = command_find(&command);
	if (rc < 0) {
		hd_buf_printf(text, "{\"ok\":false,\"code\":%d,\"error\":", rc);
		hd_buf_json(text, err.text, strlen(err.text));
	} else {
		hd_buf_puts(text, "{\"ok\":true");
		hd_buf_puts(text, hd_buf_text(&members));
	}
	hd_buf_puts(text, "}");
	hd_buf_release(&members);
	hd_json_free(request);
}
