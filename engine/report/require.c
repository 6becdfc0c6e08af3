#include <hdrive/require.h>

#include "base/number.h"

#include <math.h>
#include <string.h>

static const char *const require_names[] = {
	[HD_REQUIRE_BEST] = "best",
	[HD_REQUIRE_TRIALS] = "trials",
	[HD_REQUIRE_COMPLETED] = "completed",
	[HD_REQUIRE_FAILED] = "failed",
	[HD_REQUIRE_CANCELED] = "canceled",
};
#define REQUIRE_NAMES (sizeof require_names / sizeof require_names[0])

/* One that begins with another stands before it. */
static const struct {
	const char *text;
	enum hd_require_op op;
} require_ops[] = {
	{ ">=", HD_REQUIRE_AT_LEAST },
	{ ">", HD_REQUIRE_ABOVE },
	{ "<=", HD_REQUIRE_AT_MOST },
	{ "<", HD_REQUIRE_BELOW },
	{ "==", HD_REQUIRE_EQUAL },
	{ "!=", HD_REQUIRE_NOT_EQUAL },
};
#define REQUIRE_OPS (sizeof require_ops / sizeof require_ops[0])

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

static int require_name(struct hd_require *out, const char **text,
			struct hd_error *err)
{
	size_t length = strspn(*text, "abcdefghijklmnopqrstuvwxyz");

	for (size_t i = 0; i < REQUIRE_NAMES; i++)
		if (strlen(require_names[i]) == length &&
		    !strncmp(*text, require_names[i], length)) {
			out->name = (enum hd_require_name)i;
			*text = skip_blanks(*text + length);
			return 0;
		}
	return hd_error_set(err, HD_EINVAL,
			    "'%s' does not begin with best, trials, completed, failed or canceled",
			    *text);
}

static int require_op(struct hd_require *out, const char **text,
		      struct hd_error *err)
{
	for (size_t i = 0; i < REQUIRE_OPS; i++) {
		size_t length = strlen(require_ops[i].text);

		if (strncmp(*text, require_ops[i].text, length))
			continue;
		out->op = require_ops[i].op;
		*text = skip_blanks(*text + length);
		return 0;
	}
	return hd_error_set(err, HD_EINVAL,
			    "'%s' is no comparison behind '%s': >= > <= < == !=", *text,
			    require_names[out->name]);
}

int hd_require_read(struct hd_require *out, const char *text,
		    struct hd_error *err)
{
	size_t length;
	int rc;

	text = skip_blanks(text);
	rc = require_name(out, &text, err);
	if (rc == 0)
		rc = require_op(out, &text, err);
	if (rc < 0)
		return rc;
	length = strlen(text);
	while (length > 0 && strchr(" \t", text[length - 1]))
		length--;
	if (!hd_number_read(text, length, &out->number) || isnan(out->number))
		return hd_error_set(err, HD_EINVAL, "'%s' is no number to compare '%s' with",
				    text, require_names[out->name]);
	return 0;
}

static double require_value(enum hd_require_name name,
			    const struct hd_sweep_row *row)
{
	switch (name) {
	case HD_REQUIRE_BEST:
		return row->best_trial < 0 ? NAN : row->best;
	case HD_REQUIRE_TRIALS:
		return (double)row->trials;
	case HD_REQUIRE_COMPLETED:
		return (double)row->counts[HD_TRIAL_COMPLETED];
	case HD_REQUIRE_FAILED:
		return (double)row->counts[HD_TRIAL_FAILED];
	case HD_REQUIRE_CANCELED:
		return (double)row->counts[HD_TRIAL_CANCELED];
	}
	return NAN;
}

bool hd_require_holds(const struct hd_require *require,
		      const struct hd_sweep_row *row, double *found)
{
	double value = require_value(require->name, row);

	if (found)
		*found = value;
	if (isnan(value))
		return false;
	switch (require->op) {
	case HD_REQUIRE_AT_LEAST:
		return value >= require->number;
	case HD_REQUIRE_ABOVE:
		return value > require->number;
	case HD_REQUIRE_AT_MOST:
		return value <= require->number;
	case HD_REQUIRE_BELOW:
		return value < require->number;
	case HD_REQUIRE_EQUAL:
		return value == require->number;
	case HD_REQUIRE_NOT_EQUAL:
		return value != require->number;
	}
	return false;
}
