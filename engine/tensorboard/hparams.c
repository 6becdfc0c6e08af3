#include "tensorboard/hparams.h"

#include <stdio.h>
#include <string.h>

#include "tensorboard/event.h"
#include "tensorboard/wire.h"

/* Field numbers, by message. */
enum {
	DATA_EXPERIMENT = 2,
	DATA_START = 3,
	DATA_END = 4,

	EXPERIMENT_DESCRIPTION = 1,
	EXPERIMENT_TIME = 3,
	EXPERIMENT_HPARAM = 4,
	EXPERIMENT_METRIC = 5,
	EXPERIMENT_NAME = 6,

	HPARAM_NAME = 1,
	HPARAM_TYPE = 4,
	HPARAM_DISCRETE = 5,
	HPARAM_INTERVAL = 6,
	INTERVAL_MIN = 1,
	INTERVAL_MAX = 2,

	METRIC_NAME = 1,
	METRIC_NAME_TAG = 2,

	START_HPARAMS = 1,
	START_GROUP = 4,
	START_TIME = 5,
	ENTRY_KEY = 1,
	ENTRY_VALUE = 2,

	END_STATUS = 1,
	END_TIME = 2,

	/* google.protobuf.Value and ListValue */
	LIST_VALUES = 1,
	VALUE_NUMBER = 2,
	VALUE_STRING = 3,
	VALUE_BOOL = 4,
};

static enum hd_hparam_type type_of(const struct hd_value *value)
{
	switch (value->kind) {
	case HD_VALUE_ABSENT:
		return HD_HPARAM_UNSET;
	case HD_VALUE_BOOL:
		return HD_HPARAM_BOOL;
	case HD_VALUE_INTEGER:
	case HD_VALUE_REAL:
		return HD_HPARAM_FLOAT64;
	case HD_VALUE_NULL:
	case HD_VALUE_TEXT:
	case HD_VALUE_JSON:
	case HD_VALUE_BRANCH:
		break;
	}
	return HD_HPARAM_STRING;
}

enum hd_hparam_type hd_hparam_type_of(const struct hd_value *values, size_t count)
{
	enum hd_hparam_type type = HD_HPARAM_UNSET;

	for (size_t i = 0; i < count; i++) {
		enum hd_hparam_type one = type_of(&values[i]);

		if (type != HD_HPARAM_UNSET && one != HD_HPARAM_UNSET && one != type)
			return HD_HPARAM_STRING;
		if (one != HD_HPARAM_UNSET)
			type = one;
	}
	return type;
}

/* As the script gets it: what is no text among texts. */
static void string_put(struct hd_buf *data, const struct hd_value *value)
{
	char small[64];

	if (value->text)
		hd_wire_put_text(data, VALUE_STRING, value->text, value->length);
	else
		hd_wire_put_text(data, VALUE_STRING, small,
				 hd_value_format(value, small, sizeof small));
}

static void value_put(struct hd_buf *data, uint32_t number, enum hd_hparam_type type,
		      const struct hd_value *value)
{
	size_t message = hd_wire_open(data, number);

	switch (type == HD_HPARAM_STRING ? type : type_of(value)) {
	case HD_HPARAM_BOOL:
		hd_wire_put_varint(data, VALUE_BOOL, value->integer != 0);
		break;
	case HD_HPARAM_FLOAT64:
		hd_wire_put_double(data, VALUE_NUMBER, value->number);
		break;
	case HD_HPARAM_UNSET:
	case HD_HPARAM_STRING:
		string_put(data, value);
		break;
	}
	hd_wire_close(data, message);
}

static void data_put(struct hd_buf *file, double time, const char *tag, struct hd_buf *data)
{
	file->failed |= hd_buf_failed(data);
	hd_event_put_hparams(file, time, tag, data);
	hd_buf_release(data);
}

/* --- the experiment ------------------------------------------------------- */

static void domain_put(struct hd_buf *data, const struct hd_hparam *hparam)
{
	size_t message;

	if (hparam->option_count) {
		message = hd_wire_open(data, HPARAM_DISCRETE);
		for (size_t i = 0; i < hparam->option_count; i++)
			value_put(data, LIST_VALUES, hparam->type, &hparam->options[i]);
		hd_wire_close(data, message);
	} else if (hparam->has_interval) {
		message = hd_wire_open(data, HPARAM_INTERVAL);
		hd_wire_put_double(data, INTERVAL_MIN, hparam->low);
		hd_wire_put_double(data, INTERVAL_MAX, hparam->high);
		hd_wire_close(data, message);
	}
}

static void hparam_put(struct hd_buf *data, const struct hd_hparam *hparam)
{
	size_t message = hd_wire_open(data, EXPERIMENT_HPARAM);

	hd_wire_put_string(data, HPARAM_NAME, hparam->name);
	if (hparam->type != HD_HPARAM_UNSET)
		hd_wire_put_varint(data, HPARAM_TYPE, hparam->type);
	domain_put(data, hparam);
	hd_wire_close(data, message);
}

static void metric_put(struct hd_buf *data, const char *tag)
{
	size_t metric = hd_wire_open(data, EXPERIMENT_METRIC);
	size_t name = hd_wire_open(data, METRIC_NAME);

	hd_wire_put_string(data, METRIC_NAME_TAG, tag);
	hd_wire_close(data, name);
	hd_wire_close(data, metric);
}

void hd_hparams_put_experiment(struct hd_buf *file,
			       const struct hd_hparams_experiment *experiment)
{
	struct hd_buf data = HD_BUF_INIT;
	size_t message = hd_wire_open(&data, DATA_EXPERIMENT);

	hd_wire_put_string(&data, EXPERIMENT_NAME, experiment->name);
	hd_wire_put_string(&data, EXPERIMENT_DESCRIPTION, experiment->description);
	hd_wire_put_double(&data, EXPERIMENT_TIME, experiment->time);
	for (size_t i = 0; i < experiment->hparam_count; i++)
		hparam_put(&data, &experiment->hparams[i]);
	for (size_t i = 0; i < experiment->metric_count; i++)
		metric_put(&data, experiment->metrics[i]);
	hd_wire_close(&data, message);
	data_put(file, experiment->time, "_hparams_/experiment", &data);
}

/* --- a trial -------------------------------------------------------------- */

void hd_hparams_put_start(struct hd_buf *file, const char *group, double time,
			  const struct hd_hparam *hparams,
			  const struct hd_value *values, size_t count)
{
	struct hd_buf data = HD_BUF_INIT;
	size_t message = hd_wire_open(&data, DATA_START);

	for (size_t i = 0; i < count; i++) {
		size_t entry;

		if (values[i].kind == HD_VALUE_ABSENT)
			continue;
		entry = hd_wire_open(&data, START_HPARAMS);
		hd_wire_put_string(&data, ENTRY_KEY, hparams[i].name);
		value_put(&data, ENTRY_VALUE, hparams[i].type, &values[i]);
		hd_wire_close(&data, entry);
	}
	hd_wire_put_string(&data, START_GROUP, group);
	hd_wire_put_double(&data, START_TIME, time);
	hd_wire_close(&data, message);
	data_put(file, time, "_hparams_/session_start_info", &data);
}

void hd_hparams_put_end(struct hd_buf *file, enum hd_hparam_status status,
			double time)
{
	struct hd_buf data = HD_BUF_INIT;
	size_t message = hd_wire_open(&data, DATA_END);

	hd_wire_put_varint(&data, END_STATUS, status);
	if (time > 0)
		hd_wire_put_double(&data, END_TIME, time);
	hd_wire_close(&data, message);
	data_put(file, time, "_hparams_/session_end_info", &data);
}
