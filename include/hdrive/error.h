/*
 * Errors and findings.
 *
 * A function that can fail returns 0 or a negative enum hd_code and fills the
 * struct hd_error it was given; positive codes are answers, not failures.
 * The place that knows most writes the message, callers pass it up untouched.
 * Text is one line, without a capital or a full stop, the subject in single
 * quotes. A NULL error is allowed everywhere: the code alone then tells.
 *
 * Loading a file goes on after a problem, so it gathers findings: a list in
 * file order of errors, warnings and portability notes, each with its place.
 */
#ifndef HDRIVE_ERROR_H
#define HDRIVE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/api.h>

HD_BEGIN_DECLS

enum hd_code {
	HD_OK = 0,
	HD_EXHAUSTED = 1,  /* no point is left in the parameter space */
	HD_STOP = 2,       /* a trial is to end: a policy says so */
	HD_ENDED = 3,      /* it has ended before, and nothing was changed */
	HD_RUNNING = 4,    /* it is not done yet: call again */
	HD_ENOMEM = -1,    /* no memory */
	HD_EINVAL = -2,    /* bad input: the caller's, or the user's file */
	HD_ENOENT = -3,    /* no such sweep, trial or file */
	HD_EEXIST = -4,    /* the name is taken */
	HD_EIO = -5,       /* the operating system said no */
	HD_EBUSY = -6,     /* held by another; trying again may help */
	HD_ESTATE = -7,    /* not possible in the present state */
	HD_ELIMIT = -8,    /* larger than a limit that protects memory */
	HD_EVERSION = -9,  /* made by a newer hdrive */
	HD_ECORRUPT = -10, /* stored data contradicts itself */
};

/* A code's name as written above, "HD_ENOMEM"; "HD_?" for others. */
HD_API const char *hd_code_name(int code);

/* A place in a text: lines and columns count from 1, 0 is unknown. */
struct hd_mark {
	const char *file; /* borrowed; NULL when there is no file */
	size_t line;
	size_t column; /* in characters, not bytes */
};

#define HD_ERROR_TEXT 768

struct hd_error {
	int code;
	char text[HD_ERROR_TEXT]; /* always terminated, cut at its end */
};

/* All of these return CODE, so that a caller can return them. */
HD_API int hd_error_set(struct hd_error *err, int code, const char *fmt, ...)
	HD_PRINTF(3, 4);
/* As hd_error_set, with "file:line:column: " before the text. */
HD_API int hd_error_at(struct hd_error *err, const struct hd_mark *mark,
		       int code, const char *fmt, ...) HD_PRINTF(4, 5);
HD_API int hd_error_nomem(struct hd_error *err);
/* Append strerror(ERRNUM) to the text; the code is HD_EIO or nearer. */
HD_API int hd_error_errno(struct hd_error *err, int errnum, const char *fmt,
			  ...) HD_PRINTF(3, 4);

enum hd_severity {
	HD_FINDING_ERROR,       /* the file is refused */
	HD_FINDING_WARNING,     /* accepted, probably not what was meant */
	HD_FINDING_PORTABILITY, /* accepted here, refused or changed by Azure */
};

struct hd_finding {
	enum hd_severity severity;
	struct hd_mark mark;
	const char *text;
	const char *excerpt; /* the line of the file, NULL when unknown */
};

struct hd_findings; /* a growing list; strings are its own copies */

/* NULL when there is no memory. */
HD_API struct hd_findings *hd_findings_new(void);
HD_API void hd_findings_free(struct hd_findings *findings);

/*
 * Add one finding, kept in file order (line, then column; unknown places
 * last; equals in order of arrival). At most HD_FINDINGS_MOST of a severity
 * are kept; hd_findings_count still counts the rest. Returns 0 or HD_ENOMEM.
 * EXCERPT may be NULL.
 */
#define HD_FINDINGS_MOST 20
HD_API int hd_findings_add(struct hd_findings *findings,
			   enum hd_severity severity,
			   const struct hd_mark *mark, const char *excerpt,
			   const char *fmt, ...) HD_PRINTF(5, 6);

/* How many of SEVERITY were added, kept or not. */
HD_API size_t hd_findings_count(const struct hd_findings *findings,
				enum hd_severity severity);
/* How many are kept, of all severities, and each; borrowed from the list. */
HD_API size_t hd_findings_kept(const struct hd_findings *findings);
HD_API const struct hd_finding *
hd_findings_at(const struct hd_findings *findings, size_t index);

/*
 * The one of COUNT WORDS that is so near to WORD that it was probably meant:
 * at most one slip (a letter wrong, missing, too many, or two swapped) for
 * every three letters, case and dashes for underscores aside. The first of
 * equals; NULL when none is near. The result is one of WORDS.
 */
HD_API const char *hd_suggest(const char *word, const char *const *words,
			      size_t count);

HD_END_DECLS

#endif
