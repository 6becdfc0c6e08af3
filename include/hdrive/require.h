/*
 * What must be true of a sweep that has ended: "best>=0.9", "failed==0".
 *
 *	NAME OP NUMBER      blanks anywhere between them
 *	NAME    best, trials, completed, failed, canceled
 *	OP      >= > <= < == !=
 *
 * A sweep without any value of its primary metric has no best: nothing that is
 * required of it holds.
 */
#ifndef HDRIVE_REQUIRE_H
#define HDRIVE_REQUIRE_H

#include <stdbool.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/store.h>

HD_BEGIN_DECLS

enum hd_require_name {
	HD_REQUIRE_BEST,
	HD_REQUIRE_TRIALS, /* of whatever state */
	HD_REQUIRE_COMPLETED,
	HD_REQUIRE_FAILED,
	HD_REQUIRE_CANCELED,
};

enum hd_require_op {
	HD_REQUIRE_AT_LEAST,
	HD_REQUIRE_ABOVE,
	HD_REQUIRE_AT_MOST,
	HD_REQUIRE_BELOW,
	HD_REQUIRE_EQUAL,
	HD_REQUIRE_NOT_EQUAL,
};

struct hd_require {
	enum hd_require_name name;
	enum hd_require_op op;
	double number; /* not NaN */
};

/* HD_EINVAL with what would be right for what is none. */
HD_API int hd_require_read(struct hd_require *out, const char *text,
			   struct hd_error *err);
/* *FOUND, unless NULL, is what the sweep has; NaN for no best. */
HD_API bool hd_require_holds(const struct hd_require *require,
			     const struct hd_sweep_row *row, double *found);

HD_END_DECLS

#endif
