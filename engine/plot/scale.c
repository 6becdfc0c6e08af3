#include "plot/scale.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- making them ---------------------------------------------------------- */

static void range_set(struct hd_scale *scale, double low, double high)
{
	if (!isfinite(low) && !isfinite(high))
		low = 0, high = 1;
	else if (!isfinite(low))
		low = high;
	else if (!isfinite(high))
		high = low;
	scale->low = fmin(low, high);
	scale->high = fmax(low, high);
}

/* Whether between the ends is nothing that a double can tell. */
static bool is_flat(double low, double high)
{
	return high - low <= 1e-12 * fmax(fabs(low), fabs(high)) || high - low < 1e-300;
}

struct hd_scale hd_scale_linear(double low, double high)
{
	struct hd_scale scale = { .kind = HD_SCALE_LINEAR };

	range_set(&scale, low, high);
	/* Halves: the difference of two ends may be past the greatest number. */
	scale.low = fmin(fmax(scale.low, -8e307), 8e307);
	scale.high = fmin(fmax(scale.high, -8e307), 8e307);
	if (is_flat(scale.low, scale.high)) {
		double room = fabs(scale.low) < 1e-290 ? 1 : fabs(scale.low) / 10;

		scale.low -= room;
		scale.high += room;
	}
	return scale;
}

struct hd_scale hd_scale_log(double low, double high)
{
	struct hd_scale scale = { .kind = HD_SCALE_LOG };

	range_set(&scale, low, high);
	if (scale.high <= 0)
		return hd_scale_linear(low, high);
	if (scale.low <= 0)
		scale.low = scale.high / 1e6;
	scale.low = fmin(fmax(scale.low, 1e-300), 1e300);
	scale.high = fmin(fmax(scale.high, scale.low), 1e307);
	if (is_flat(scale.low, scale.high)) {
		scale.low /= 2;
		scale.high *= 2;
	}
	return scale;
}

struct hd_scale hd_scale_time(double high)
{
	struct hd_scale scale = { .kind = HD_SCALE_TIME };

	scale.high = high > 0 && isfinite(high) ? high : 1;
	return scale;
}

struct hd_scale hd_scale_category(const char *const *names, size_t count)
{
	return (struct hd_scale){
		.kind = HD_SCALE_CATEGORY,
		.low = -0.5,
		.high = (count ? (double)count : 1) - 0.5,
		.whole = true,
		.names = names,
		.count = count,
	};
}

/* --- places --------------------------------------------------------------- */

double hd_scale_part(const struct hd_scale *scale, double value)
{
	if (scale->kind == HD_SCALE_LOG)
		return value > 0 ? (log(value) - log(scale->low)) /
					   (log(scale->high) - log(scale->low))
				 : NAN;
	return (value - scale->low) / (scale->high - scale->low);
}

double hd_scale_at(const struct hd_scale *scale, double value)
{
	return scale->from + (scale->to - scale->from) * hd_scale_part(scale, value);
}

void hd_scale_widen(struct hd_scale *scale, double part)
{
	double room;

	if (scale->kind == HD_SCALE_CATEGORY)
		return;
	if (scale->kind == HD_SCALE_LOG) {
		room = pow(scale->high / scale->low, part);
		scale->low /= room;
		scale->high *= room;
		return;
	}
	room = (scale->high - scale->low) * part;
	scale->low -= room;
	scale->high += room;
}

/* --- steps ---------------------------------------------------------------- */

/* The least of 1, 2 and 5 times a power of ten that is not below ROUGH. */
static double step_decimal(double rough)
{
	double power = pow(10, floor(log10(rough)));
	double part = rough / power;

	/* A hair above is rounding. */
	return power * (part <= 1.0001   ? 1
			: part <= 2.0001 ? 2
			: part <= 5.0001 ? 5
					 : 10);
}

/* The same for seconds, minutes, hours and days. */
static double step_time(double rough)
{
	static const double steps[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
					3600, 7200, 10800, 21600, 43200, 86400 };

	if (rough < 1)
		return step_decimal(rough);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (rough <= steps[i] * 1.0001)
			return steps[i];
	return 86400 * step_decimal(rough / 86400);
}

static double step_nice(const struct hd_scale *scale, double rough)
{
	double step = scale->kind == HD_SCALE_TIME ? step_time(rough) : step_decimal(rough);

	return scale->whole ? fmax(step, 1) : step;
}

static double first_of(const struct hd_scale *scale, double step)
{
	return ceil(scale->low / step - 1e-6);
}

static double last_of(const struct hd_scale *scale, double step)
{
	return floor(scale->high / step + 1e-6);
}

/* Between two ticks: the least that gives at most MOST of them. */
static double step_of(const struct hd_scale *scale, size_t most)
{
	double range = scale->high - scale->low;
	double step = step_nice(scale, range / (double)(most > 1 ? most - 1 : 1));

	for (;;) {
		/* Of 1, 2 and 5 none is more than two and a half times the one before. */
		double finer = step_nice(scale, step / 2.6);

		/* Also where one of them is no number any more. */
		if (!(finer < step) ||
		    last_of(scale, finer) - first_of(scale, finer) + 1 > (double)most)
			return step;
		step = finer;
	}
}

/* Of a logarithmic one, in decades; 0: they are too few, others are needed. */
static double step_decades(const struct hd_scale *scale, size_t most)
{
	double first = ceil(log10(scale->low) - 1e-9), last = floor(log10(scale->high) + 1e-9);

	if (last - first < 1)
		return 0;
	return ceil((last - first + 1) / (double)(most > 1 ? most : 2));
}

void hd_scale_round(struct hd_scale *scale, size_t most)
{
	double step;

	if (scale->kind != HD_SCALE_LINEAR && scale->kind != HD_SCALE_TIME)
		return;
	step = step_of(scale, most);
	scale->low = floor(scale->low / step + 1e-9) * step;
	scale->high = ceil(scale->high / step - 1e-9) * step;
}

/* --- words ---------------------------------------------------------------- */

const char *hd_scale_text(double value, char *text, size_t size)
{
	char digits[HD_NUMBER_TEXT], rounded[40];
	double whole;

	/* "%.4e" is the same in every locale but for its point. */
	snprintf(rounded, sizeof rounded, "%.3e", value);
	for (char *at = rounded; *at; at++)
		if (*at == ',')
			*at = '.';
	if (!hd_number_read(rounded, strlen(rounded), &whole))
		whole = value;
	hd_number_write(fabs(value) < 1e6 && value == floor(value) ? value : whole, digits);
	snprintf(text, size, "%s", digits);
	return text;
}

/* With as many decimals as STEP has, so that ticks of one scale look alike. */
static void text_step(double value, double step, char *text, size_t size)
{
	int decimals = (int)fmax(0, ceil(-log10(step) - 1e-9));

	if (fabs(value) < step * 1e-6)
		value = 0;
	if (decimals > 4 || fabs(value) >= 1e6) {
		hd_scale_text(value, text, size);
		/* A step that four digits do not show. */
		if (step < fabs(value) * 1e-3)
			snprintf(text, size, "%.*g", (int)(ceil(log10(fabs(value) / step))) + 1,
				 value);
	} else {
		snprintf(text, size, "%.*f", decimals, value);
	}
	for (char *at = text; *at; at++)
		if (*at == ',')
			*at = '.';
}

static void text_time(double seconds, double step, char *text, size_t size)
{
	static const struct {
		double seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" } };

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (step >= units[i].seconds) {
			snprintf(text, size, "%.0f %s", seconds / units[i].seconds, units[i].name);
			return;
		}
	if (step >= 1 && seconds >= 60)
		snprintf(text, size, "%.0f:%02.0f min", floor(seconds / 60), fmod(seconds, 60));
	else {
		text_step(seconds, step, text, size > 3 ? size - 3 : 0);
		strcat(text, " s");
	}
}

/* --- ticks ---------------------------------------------------------------- */

static size_t ticks_even(const struct hd_scale *scale, size_t most, struct hd_tick *ticks)
{
	double step = step_of(scale, most);
	double last = last_of(scale, step);
	size_t count = 0;

	for (double at = first_of(scale, step); at <= last && count < most; at++) {
		struct hd_tick *tick = &ticks[count++];

		tick->value = at == 0 ? 0 : at * step; /* never -0 */
		if (scale->kind == HD_SCALE_TIME)
			text_time(tick->value, step, tick->text, sizeof tick->text);
		else
			text_step(tick->value, step, tick->text, sizeof tick->text);
	}
	return count;
}

static size_t ticks_decades(const struct hd_scale *scale, double step, size_t most,
			    struct hd_tick *ticks)
{
	double first = ceil(log10(scale->low) - 1e-9), last = floor(log10(scale->high) + 1e-9);
	size_t count = 0;

	/* Powers that the step divides: the same whatever the ends are. */
	for (double at = ceil(first / step) * step; at <= last && count < most; at += step) {
		struct hd_tick *tick = &ticks[count++];

		tick->value = pow(10, at);
		if (at >= -3 && at <= 4)
			hd_scale_text(tick->value, tick->text, sizeof tick->text);
		else
			snprintf(tick->text, sizeof tick->text, "1e%.0f", at);
	}
	return count;
}

/* Less than two decades: 1, 2 and 5 of each. */
static size_t ticks_within(const struct hd_scale *scale, size_t most, struct hd_tick *ticks)
{
	static const double parts[] = { 1, 2, 5 };
	double power = floor(log10(scale->low));
	size_t count = 0;

	for (; pow(10, power) <= scale->high; power++)
		for (size_t i = 0; i < 3; i++) {
			double value = parts[i] * pow(10, power);

			if (value < scale->low * (1 - 1e-9) || value > scale->high * (1 + 1e-9) ||
			    count == most)
				continue;
			ticks[count].value = value;
			hd_scale_text(value, ticks[count].text, sizeof ticks[count].text);
			count++;
		}
	return count;
}

static size_t ticks_log(const struct hd_scale *scale, size_t most, struct hd_tick *ticks)
{
	double step = step_decades(scale, most);
	struct hd_scale linear = hd_scale_linear(scale->low, scale->high);
	size_t count;

	if (step > 0)
		return ticks_decades(scale, step, most, ticks);
	count = ticks_within(scale, most, ticks);
	/* Even steps say more where the ends are near each other. */
	return count >= 2 ? count : ticks_even(&linear, most, ticks);
}

static size_t ticks_names(const struct hd_scale *scale, size_t most, struct hd_tick *ticks)
{
	size_t step = (scale->count + most - 1) / most;
	size_t count = 0;

	for (size_t i = 0; i < scale->count; i += step) {
		ticks[count].value = (double)i;
		snprintf(ticks[count].text, sizeof ticks[count].text, "%.28s", scale->names[i]);
		count++;
	}
	return count;
}

size_t hd_scale_ticks(const struct hd_scale *scale, size_t most,
		      struct hd_tick ticks[HD_SCALE_TICKS])
{
	if (most > HD_SCALE_TICKS)
		most = HD_SCALE_TICKS;
	if (most == 0)
		return 0;
	switch (scale->kind) {
	case HD_SCALE_LINEAR:
	case HD_SCALE_TIME:
		return ticks_even(scale, most, ticks);
	case HD_SCALE_LOG:
		return ticks_log(scale, most, ticks);
	case HD_SCALE_CATEGORY:
		return ticks_names(scale, most, ticks);
	}
	return 0;
}
