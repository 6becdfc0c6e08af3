/*
 * Sampled values into a trial's argv, and into JSON.
 *
 * No shell is involved: a value with spaces or quotes is one word and reaches
 * the program byte for byte (HD-053). A parameter reaches it once: in the
 * place of its {name} when the command has one, else as "--name value" behind
 * the command, in declared order (HD-050). One that does not exist in the trial
 * reaches nothing (HD-076), and neither does the label of a branch, but by a
 * placeholder. {{name}} of a parameter stands for {name} itself.
 */
#include "space/args.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct args {
	const struct hd_space *space;
	const struct hd_value *values;
	const char *const *command;
	size_t command_count;
	bool *placed;        /* per parameter: the command has its {name} */
	struct hd_buf words; /* the words, each with its terminator */
	size_t count;        /* of the words */
};

static const char *args_bare(const char *name)
{
	return name + strspn(name, "-");
}

/* --- parameters by name -------------------------------------------------- */

/*
 * The parameter called NAME, dashes aside, if need be one that does not exist
 * in this trial; hd_space_count() for none.
 */
static size_t args_find(const struct args *args, const char *name,
			size_t length)
{
	size_t count = hd_space_count(args->space), found = count;

	while (length && *name == '-') {
		name++;
		length--;
	}
	for (size_t i = 0; i < count; i++) {
		const char *bare =
			args_bare(hd_space_param(args->space, i)->name);

		if (strncmp(bare, name, length) != 0 || bare[length] != '\0')
			continue;
		found = i;
		if (args->values[i].kind != HD_VALUE_ABSENT)
			break;
	}
	return found;
}

/*
 * The parameter whose placeholder stands at AT, which is a '{' of WORD, and
 * the place behind it; hd_space_count() when it is something else. "${lr}" is
 * the shell's, and a brace around anything but a name is the program's own.
 */
static size_t args_placeholder(const struct args *args, const char *word,
			       const char *at, const char **end)
{
	size_t length = strcspn(at + 1, "{}");

	if (length == 0 || at[1 + length] != '}' ||
	    (at > word && at[-1] == '$'))
		return hd_space_count(args->space);
	*end = at + length + 2;
	return args_find(args, at + 1, length);
}

/*
 * The doubled placeholder "{{lr}}" at AT, a '{' of WORD, stands for the word
 * "{lr}": its length, 0 for anything else. Braces around what is no parameter
 * are never doubled, so that JSON in a command stays as it is.
 */
static size_t args_doubled(const struct args *args, const char *word,
			   const char *at)
{
	const char *end;

	if (at[1] != '{' ||
	    args_placeholder(args, word, at + 1, &end) == hd_space_count(args->space) ||
	    *end != '}')
		return 0;
	return (size_t)(end + 1 - at);
}

static void args_find_placed(struct args *args)
{
	for (size_t i = 0; i < args->command_count; i++) {
		const char *word = args->command[i], *end;

		for (const char *at = word; (at = strchr(at, '{'));) {
			size_t doubled = args_doubled(args, word, at);
			size_t param = args_placeholder(args, word, at, &end);

			if (!doubled && param < hd_space_count(args->space))
				args->placed[param] = true;
			at += doubled ? doubled : 1;
		}
	}
}

/* --- words --------------------------------------------------------------- */

static int args_add_value(struct args *args, size_t param, struct hd_error *err)
{
	const struct hd_value *value = &args->values[param];
	char text[64];

	if (!value->text) {
		hd_buf_add(&args->words, text,
			   hd_value_format(value, text, sizeof text));
		return 0;
	}
	if (value->length && memchr(value->text, '\0', value->length))
		return hd_error_set(err, HD_EINVAL,
				    "a value of '%s' holds a NUL byte, which"
				    " no argument can carry",
				    hd_space_param(args->space, param)->name);
	hd_buf_add(&args->words, value->text, value->length);
	return 0;
}

static void args_end_word(struct args *args)
{
	hd_buf_putc(&args->words, '\0');
	args->count++;
}

/* One word of the command with its placeholders filled in. */
static int args_add_word(struct args *args, const char *word,
			 struct hd_error *err)
{
	size_t start = args->words.length;
	const char *end;
	bool absent = false;

	for (const char *at = word; *at;) {
		size_t param = hd_space_count(args->space), doubled = 0;
		int rc;

		if (*at == '{') {
			param = args_placeholder(args, word, at, &end);
			doubled = args_doubled(args, word, at);
		}
		if (doubled) {
			hd_buf_add(&args->words, at + 1, doubled - 2);
			at += doubled;
			continue;
		}
		if (param == hd_space_count(args->space)) {
			hd_buf_putc(&args->words, *at++);
			continue;
		}
		rc = args_add_value(args, param, err);
		if (rc < 0)
			return rc;
		absent |= args->values[param].kind == HD_VALUE_ABSENT;
		at = end;
	}
	/* Nothing but a parameter that this trial does not have: no word. */
	if (!absent || args->words.length > start)
		args_end_word(args);
	return 0;
}

/* Whether PARAM is given as "--name value". */
static bool args_is_pair(const struct args *args, size_t param)
{
	enum hd_value_kind kind = args->values[param].kind;

	return !args->placed[param] && kind != HD_VALUE_ABSENT &&
	       kind != HD_VALUE_BRANCH;
}

/*
 * The parameter that WORD, an option of the command, gives too (HD-052).
 * Dashes are not compared, with one exception: a short option such as
 * "python -m" is only ever a parameter that was declared as "-m".
 */
static size_t args_clash(const struct args *args, const char *word)
{
	size_t none = hd_space_count(args->space);
	size_t length = strcspn(word, "=");
	size_t param;
	const char *name;

	if (word[0] != '-')
		return none;
	param = args_find(args, word, length);
	if (param == none || !args_is_pair(args, param))
		return none;
	name = hd_space_param(args->space, param)->name;
	if (length == 2 && (strncmp(name, word, 2) != 0 || name[2] != '\0'))
		return none;
	return param;
}

/* Whether WORD can be the value of the option before it: "-0.5" can. */
static bool args_is_value(const char *word)
{
	return word[0] != '-' || word[1] == '\0' || word[1] == '.' ||
	       isdigit((unsigned char)word[1]);
}

static int args_warn(const struct args *args, size_t param,
		     struct hd_findings *findings, struct hd_error *err)
{
	const struct hd_param *twice = hd_space_param(args->space, param);

	if (findings && hd_findings_add(findings, HD_FINDING_WARNING,
					&twice->mark, NULL,
					"'%s' is a parameter and stands in the"
					" command too, the command's is"
					" dropped",
					twice->name) < 0)
		return hd_error_nomem(err);
	return 0;
}

static int args_add_command(struct args *args, struct hd_findings *findings,
			    struct hd_error *err)
{
	for (size_t i = 0; i < args->command_count; i++) {
		const char *word = args->command[i];
		size_t param = hd_space_count(args->space);
		int rc;

		if (i > 0) /* the first is the program */
			param = args_clash(args, word);
		if (param < hd_space_count(args->space)) {
			rc = args_warn(args, param, findings, err);
			if (!strchr(word, '=') && i + 1 < args->command_count &&
			    args_is_value(args->command[i + 1]))
				i++;
		} else {
			rc = args_add_word(args, word, err);
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int args_add_pairs(struct args *args, struct hd_error *err)
{
	for (size_t i = 0; i < hd_space_count(args->space); i++) {
		const char *name = hd_space_param(args->space, i)->name;
		int rc;

		if (!args_is_pair(args, i))
			continue;
		if (name[0] != '-') /* HD-051 */
			hd_buf_puts(&args->words, "--");
		hd_buf_puts(&args->words, name);
		args_end_word(args);
		rc = args_add_value(args, i, err);
		if (rc < 0)
			return rc;
		args_end_word(args);
	}
	return 0;
}

/* The pointers, a NULL, and behind them the words' bytes: one block. */
static char **args_block(const struct args *args)
{
	size_t head = (args->count + 1) * sizeof(char *);
	char **block;
	char *at;

	if (hd_buf_failed(&args->words) || head > SIZE_MAX - args->words.length)
		return NULL;
	block = malloc(head + args->words.length);
	if (!block)
		return NULL;
	at = (char *)block + head;
	if (args->words.length)
		memcpy(at, args->words.text, args->words.length);
	for (size_t i = 0; i < args->count; i++) {
		block[i] = at;
		at += strlen(at) + 1;
	}
	block[args->count] = NULL;
	return block;
}

int hd_args_build(char ***out, const struct hd_space *space,
		  const struct hd_value *values, const char *const *command,
		  size_t count, struct hd_findings *findings,
		  struct hd_error *err)
{
	struct args args = { .space = space,
			     .values = values,
			     .command = command,
			     .command_count = count,
			     .words = HD_BUF_INIT };
	int rc;

	*out = NULL;
	args.placed = calloc(hd_space_count(space) + 1, sizeof *args.placed);
	if (!args.placed)
		return hd_error_nomem(err);
	args_find_placed(&args);
	rc = args_add_command(&args, findings, err);
	if (rc == 0)
		rc = args_add_pairs(&args, err);
	if (rc < 0)
		goto out;
	*out = args_block(&args);
	if (!*out)
		rc = hd_error_nomem(err);
out:
	hd_buf_release(&args.words);
	free(args.placed);
	return rc;
}

/* --- JSON ---------------------------------------------------------------- */

void hd_args_json_value(struct hd_buf *buf, const struct hd_value *value)
{
	switch (value->kind) {
	case HD_VALUE_ABSENT:
	case HD_VALUE_NULL:
		hd_buf_puts(buf, "null");
		break;
	case HD_VALUE_BOOL:
		hd_buf_puts(buf, value->integer ? "true" : "false");
		break;
	case HD_VALUE_INTEGER:
		hd_buf_printf(buf, "%lld", (long long)value->integer);
		break;
	case HD_VALUE_REAL:
		hd_buf_json_number(buf, value->number);
		break;
	case HD_VALUE_TEXT:
	case HD_VALUE_BRANCH:
		hd_buf_json(buf, value->text, value->length);
		break;
	case HD_VALUE_JSON:
		hd_buf_add(buf, value->text, value->length);
		break;
	}
}

void hd_args_json(struct hd_buf *buf, const struct hd_space *space,
		  const struct hd_value *values)
{
	bool first = true;

	hd_buf_putc(buf, '{');
	for (size_t i = 0; i < hd_space_count(space); i++) {
		const char *name = hd_space_param(space, i)->name;

		if (values[i].kind == HD_VALUE_ABSENT)
			continue;
		if (!first)
			hd_buf_putc(buf, ',');
		first = false;
		hd_buf_json(buf, name, strlen(name));
		hd_buf_putc(buf, ':');
		hd_args_json_value(buf, &values[i]);
	}
	hd_buf_putc(buf, '}');
}

size_t hd_space_json(const struct hd_space *space,
		     const struct hd_value *values, char *text, size_t size)
{
	struct hd_buf json = HD_BUF_INIT;
	size_t length = SIZE_MAX;

	hd_args_json(&json, space, values);
	if (!hd_buf_failed(&json)) {
		length = json.length;
		if (size > 0) {
			size_t part = length < size ? length : size - 1;

			memcpy(text, hd_buf_text(&json), part);
			text[part] = '\0';
		}
	}
	hd_buf_release(&json);
	return length;
}

void hd_args_json_branch(struct hd_buf *buf, const struct hd_space *space,
			 const struct hd_value *values, size_t choice)
{
	bool first = true;

	hd_buf_putc(buf, '{');
	for (size_t i = choice + 1; i < hd_space_count(space); i++) {
		const struct hd_param *param = hd_space_param(space, i);

		if (param->parent != choice || values[i].kind == HD_VALUE_ABSENT)
			continue;
		if (!first)
			hd_buf_putc(buf, ',');
		first = false;
		hd_buf_json(buf, param->name, strlen(param->name));
		hd_buf_putc(buf, ':');
		if (values[i].kind == HD_VALUE_BRANCH)
			hd_args_json_branch(buf, space, values, i);
		else
			hd_args_json_value(buf, &values[i]);
	}
	hd_buf_putc(buf, '}');
}

void hd_args_json_word(struct hd_buf *buf, const char *word)
{
	size_t length = strlen(word);

	if (hd_buf_is_utf8(word, length)) {
		hd_buf_json(buf, word, length);
		return;
	}
	hd_buf_puts(buf, "{\"bytes\":\"");
	for (size_t i = 0; i < length; i++)
		hd_buf_printf(buf, "%02x", (unsigned char)word[i]);
	hd_buf_puts(buf, "\"}");
}

void hd_args_json_words(struct hd_buf *buf, const char *const *words,
			size_t count)
{
	hd_buf_putc(buf, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			hd_buf_putc(buf, ',');
		hd_args_json_word(buf, words[i]);
	}
	hd_buf_putc(buf, ']');
}
