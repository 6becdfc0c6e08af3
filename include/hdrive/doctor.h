/*
 * The doctor: what is wrong with a store, its folder and the machine, in
 * words, one finding a check; and, when asked, what can be mended safely.
 *
 * Nothing is changed unless options.fix is set. A sweep's rows are its
 * engine's: those of one that is gone are mended by going on with it, which
 * the finding names.
 */
#ifndef HDRIVE_DOCTOR_H
#define HDRIVE_DOCTOR_H

#include <stdbool.h>

#include <hdrive/api.h>
#include <hdrive/error.h>

HD_BEGIN_DECLS

enum hd_health {
	HD_HEALTH_OK,
	HD_HEALTH_WARNING, /* it works, though not as well, or not for ever */
	HD_HEALTH_PROBLEM, /* something fails, or will */
	HD_HEALTH_MENDED,  /* what was done about it */
};
#define HD_HEALTHS (HD_HEALTH_MENDED + 1)

/* "ok", "warning", "problem", "mended". */
HD_API const char *hd_health_name(enum hd_health health);

/* Strings are borrowed until the callback returns. */
struct hd_check {
	enum hd_health health;
	const char *what;  /* "store", "file system", "clock", ... */
	const char *found; /* what is there */
	const char *right; /* what would be right; NULL when it is */
};

/* Return 0 to go on; anything else ends the visit and is returned. */
typedef int (*hd_check_fn)(void *user, const struct hd_check *check);

struct hd_doctor_options {
	const char *store;    /* the file; it need not exist */
	const char *launcher; /* the supervisor program, NULL when not found */
	bool fix;
};

/*
 * Every check, in a fixed order, each told to FN at least once. 0 also when
 * there are problems: FN counts them. Negative when a check could not be made
 * for want of memory.
 */
HD_API int hd_doctor(const struct hd_doctor_options *options, hd_check_fn fn,
		     void *user, struct hd_error *err);

HD_END_DECLS

#endif
