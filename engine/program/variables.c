/* AZUREML_SWEEP_<name>: a trial's parameters as environment variables. */
#include "program/program.h"

#include "space/args.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What a shell takes for a name: "--learning-rate" becomes learning_rate. */
static void put_name(struct hd_buf *buf, const char *name)
{
	for (name += strspn(name, "-"); *name; name++)
		hd_buf_putc(buf, isalnum((unsigned char)*name) ? *name : '_');
}

void hd_program_value(struct hd_buf *text, const struct hd_space *space,
		      const struct hd_value *values, size_t index)
{
	const struct hd_value *value = &values[index];
	char number[64];

	if (value->kind == HD_VALUE_BRANCH)
		hd_args_json_branch(text, space, values, index);
	else if (value->kind == HD_VALUE_TEXT || value->kind == HD_VALUE_JSON)
		hd_buf_add(text, value->text, value->length);
	else
		hd_buf_add(text, number,
			   hd_value_format(value, number, sizeof number));
}

/* No variable can carry a NUL byte; such a value never reaches a trial. */
static bool value_fits(const struct hd_value *value)
{
	if (value->kind == HD_VALUE_ABSENT)
		return false;
	return (value->kind != HD_VALUE_TEXT && value->kind != HD_VALUE_JSON) ||
	       !value->length || !memchr(value->text, '\0', value->length);
}

int hd_program_variables(char ***out, const struct hd_space *space,
			 const struct hd_value *values, struct hd_error *err)
{
	struct hd_buf text = HD_BUF_INIT;
	size_t count = 0, head;
	char **block = NULL, *at;

	*out = NULL;
	for (size_t i = 0; i < hd_space_count(space); i++) {
		if (!value_fits(&values[i]))
			continue;
		hd_buf_puts(&text, "AZUREML_SWEEP_");
		put_name(&text, hd_space_param(space, i)->name);
		hd_buf_putc(&text, '=');
		hd_program_value(&text, space, values, i);
		hd_buf_putc(&text, '\0');
		count++;
	}
	head = (count + 1) * sizeof(char *);
	if (!hd_buf_failed(&text))
		block = malloc(head + text.length);
	if (block) {
		at = (char *)block + head;
		if (text.length)
			memcpy(at, text.text, text.length);
		for (size_t i = 0; i < count; i++) {
			block[i] = at;
			at += strlen(at) + 1;
		}
		block[count] = NULL;
	}
	hd_buf_release(&text);
	*out = block;
	return block ? 0 : hd_error_nomem(err);
}
