/*
 * Option rows: what keys a sampler or a policy takes, as data.
 *
 * A row serves the loader (type, range, default, "did you mean"), the help
 * and the reference page. The values land in fields of the plug-in's own
 * state before its init is called; a row therefore names a struct and a field.
 */
#ifndef HDRIVE_OPTION_H
#define HDRIVE_OPTION_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>

HD_BEGIN_DECLS

enum hd_option_type {
	HD_OPTION_TYPE_END,    /* closes a table */
	HD_OPTION_TYPE_DOUBLE, /* double; NaN stands for "not given" */
	HD_OPTION_TYPE_SIZE,   /* size_t, written as a whole number */
	HD_OPTION_TYPE_BOOL,   /* bool */
	HD_OPTION_TYPE_WORD,   /* size_t: the place of the word in its list */
	HD_OPTION_TYPE_TEXT,   /* const char *; NULL stands for "not given" */
	HD_OPTION_TYPE_TEXTS,  /* const char *const *, ends in NULL; NULL likewise */
};

struct hd_option {
	const char *name; /* the key, as written in the file */
	enum hd_option_type type;
	size_t offset;   /* of the field in the state */
	double min, max; /* both allowed; INFINITY for no bound */
	double fallback; /* the value when the key is absent */
	bool required;
	const char *summary; /* half a sentence, for help and reference */
	/* Of a WORD: what may be written, case aside, with a NULL behind. */
	const char *const *words;
};

/* A number that may be left out; the field is then NaN. */
#define HD_OPTION_DOUBLE(state, field, low, high, text)           \
	{                                                         \
		.name = #field, .type = HD_OPTION_TYPE_DOUBLE,    \
		.offset = offsetof(state, field), .min = (low),   \
		.max = (high), .fallback = NAN, .summary = (text) \
	}
/* A number with a default, and one that must be given. */
#define HD_OPTION_DOUBLE_OR(state, field, low, high, absent, text)     \
	{                                                              \
		.name = #field, .type = HD_OPTION_TYPE_DOUBLE,         \
		.offset = offsetof(state, field), .min = (low),        \
		.max = (high), .fallback = (absent), .summary = (text) \
	}
#define HD_OPTION_DOUBLE_REQUIRED(state, field, low, high, text)  \
	{                                                         \
		.name = #field, .type = HD_OPTION_TYPE_DOUBLE,    \
		.offset = offsetof(state, field), .min = (low),   \
		.max = (high), .fallback = NAN, .required = true, \
		.summary = (text)                                 \
	}
/* A whole number with a default. */
#define HD_OPTION_SIZE(state, field, low, high, absent, text)          \
	{                                                              \
		.name = #field, .type = HD_OPTION_TYPE_SIZE,           \
		.offset = offsetof(state, field), .min = (low),        \
		.max = (high), .fallback = (absent), .summary = (text) \
	}
/* A whole number that must be given. */
#define HD_OPTION_SIZE_REQUIRED(state, field, low, high, text)     \
	{                                                          \
		.name = #field, .type = HD_OPTION_TYPE_SIZE,       \
		.offset = offsetof(state, field), .min = (low),    \
		.max = (high), .required = true, .summary = (text) \
	}
#define HD_OPTION_BOOL(state, field, absent, text)           \
	{                                                    \
		.name = #field, .type = HD_OPTION_TYPE_BOOL, \
		.offset = offsetof(state, field), .max = 1,  \
		.fallback = (absent), .summary = (text)      \
	}
/* One of LIST, an array of words that ends in NULL; ABSENT is a place in it. */
#define HD_OPTION_WORD(state, field, list, absent, text)           \
	{                                                          \
		.name = #field, .type = HD_OPTION_TYPE_WORD,       \
		.offset = offsetof(state, field),                  \
		.max = (double)(sizeof(list) / sizeof(*list)) - 2, \
		.fallback = (absent), .summary = (text),           \
		.words = (list)                                    \
	}
/* A text, and a list of them, that may be left out; whoever reads them owns
 * them. Samplers and policies have none: theirs are numbers. */
#define HD_OPTION_TEXT(state, field, text)                   \
	{                                                    \
		.name = #field, .type = HD_OPTION_TYPE_TEXT, \
		.offset = offsetof(state, field),            \
		.fallback = NAN, .summary = (text)           \
	}
#define HD_OPTION_TEXTS(state, field, text)                   \
	{                                                     \
		.name = #field, .type = HD_OPTION_TYPE_TEXTS, \
		.offset = offsetof(state, field),             \
		.fallback = NAN, .summary = (text)            \
	}
#define HD_OPTION_END        \
	{                    \
		.name = NULL \
	}

/* Write every row's default into STATE. OPTIONS may be NULL: no rows. */
HD_API void hd_option_defaults(const struct hd_option *options, void *state);
/* The row called NAME, or NULL. */
HD_API const struct hd_option *hd_option_find(const struct hd_option *options,
					      const char *name);
/* Write NUMBER, already checked against the row, into its field of STATE; a
 * text's becomes NULL. */
HD_API void hd_option_store(const struct hd_option *option, void *state,
			    double number);
/* The place of WORD, case aside, among those of the row; -1 when it is none. */
HD_API double hd_option_word(const struct hd_option *option, const char *word);
/* Write the field of a row of texts: a text, or a list of them. Borrowed. */
HD_API void hd_option_store_text(const struct hd_option *option, void *state,
				 const char *text);
HD_API void hd_option_store_texts(const struct hd_option *option, void *state,
				  const char *const *texts);
/* What they are in STATE; NULL for none, and for rows of another type. */
HD_API const char *hd_option_load_text(const struct hd_option *option,
				       const void *state);
HD_API const char *const *hd_option_load_texts(const struct hd_option *option,
					       const void *state);
/* The field's value in STATE as a number: a bool is 0 or 1, a text NaN. */
HD_API double hd_option_load(const struct hd_option *option,
			     const void *state);

HD_END_DECLS

#endif
