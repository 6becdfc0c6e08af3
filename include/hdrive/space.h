/*
 * The parameter space: parameters in declared order, each an expression.
 *
 * An expression says how a value is drawn (SPEC 1.3: choice, randint, uniform,
 * quniform, loguniform, qloguniform, normal, qnormal, lognormal, qlognormal).
 * Bounds of the log forms are logarithms: loguniform(a, b) is
 * exp(uniform(a, b)). Rounding is to even; randint's upper end is exclusive.
 *
 * An option of a choice may be a branch: parameters hang on it, which exist in
 * a trial only when that option was drawn (SPEC 2.2). A parameter that does
 * not exist in a trial has the value HD_VALUE_ABSENT there.
 *
 * Invariant: every value that leaves this module is legal for its expression.
 */
#ifndef HDRIVE_SPACE_H
#define HDRIVE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/rng.h>

HD_BEGIN_DECLS

enum hd_value_kind {
	HD_VALUE_ABSENT,  /* the parameter does not exist in this trial */
	HD_VALUE_NULL,    /* a choice's null */
	HD_VALUE_BOOL,    /* integer is 0 or 1 */
	HD_VALUE_INTEGER, /* integer, and number equal to it */
	HD_VALUE_REAL,    /* number */
	HD_VALUE_TEXT,    /* text */
	HD_VALUE_JSON,    /* text is a list or map of a choice, as JSON */
	HD_VALUE_BRANCH,  /* an option that is parameters alone: text is its
			     label, which no script gets as an argument */
};

struct hd_value {
	enum hd_value_kind kind;
	double number;
	int64_t integer;
	const char *text; /* borrowed from the space */
	size_t length;    /* bytes of text */
	size_t option;    /* index in the choice; 0 otherwise */
};

/*
 * The value as a script's argument: numbers in the shortest text that reads
 * back to the same double, True and False capitalised, None for null, JSON for
 * lists and maps, text and labels untouched. Returns the length without the terminator
 * and, as snprintf does, writes at most SIZE bytes.
 */
HD_API size_t hd_value_format(const struct hd_value *value, char *text,
			      size_t size);
HD_API bool hd_value_equal(const struct hd_value *a, const struct hd_value *b);

enum hd_expr_kind {
	HD_EXPR_CHOICE = 1 << 0,
	HD_EXPR_RANDINT = 1 << 1,
	HD_EXPR_UNIFORM = 1 << 2,
	HD_EXPR_QUNIFORM = 1 << 3,
	HD_EXPR_LOGUNIFORM = 1 << 4,
	HD_EXPR_QLOGUNIFORM = 1 << 5,
	HD_EXPR_NORMAL = 1 << 6,
	HD_EXPR_QNORMAL = 1 << 7,
	HD_EXPR_LOGNORMAL = 1 << 8,
	HD_EXPR_QLOGNORMAL = 1 << 9,
};
#define HD_EXPR_ALL ((1u << 10) - 1)

/* What is written in the file for each kind, its arguments and their names. */
struct hd_expr_type {
	enum hd_expr_kind kind;
	const char *name;          /* "quniform" */
	size_t arguments;          /* 3; choice has any number, 0 here */
	const char *argument_list; /* "min, max, q" */
};

HD_API size_t hd_expr_types(void);
HD_API const struct hd_expr_type *hd_expr_type_at(size_t index);
/* By exact name; NULL when there is none. */
HD_API const struct hd_expr_type *hd_expr_type_find(const char *name);
HD_API const char *hd_expr_name(enum hd_expr_kind kind);

struct hd_expr {
	enum hd_expr_kind kind;
	double a;                       /* min, or mu; for randint 0 */
	double b;                       /* max, or sigma; for randint the exclusive upper end */
	double q;                       /* step of the q forms, else 0 */
	size_t option_count;            /* of a choice */
	const struct hd_value *options; /* borrowed; NULL but for a choice */
};

HD_API struct hd_expr hd_expr_choice(const struct hd_value *options,
				     size_t count);
HD_API struct hd_expr hd_expr_randint(double upper);
HD_API struct hd_expr hd_expr_uniform(double min, double max);
HD_API struct hd_expr hd_expr_quniform(double min, double max, double q);
HD_API struct hd_expr hd_expr_loguniform(double min, double max);
HD_API struct hd_expr hd_expr_qloguniform(double min, double max, double q);
HD_API struct hd_expr hd_expr_normal(double mu, double sigma);
HD_API struct hd_expr hd_expr_qnormal(double mu, double sigma, double q);
HD_API struct hd_expr hd_expr_lognormal(double mu, double sigma);
HD_API struct hd_expr hd_expr_qlognormal(double mu, double sigma, double q);

/*
 * Whether the numbers make a legal expression (SPEC 1.3: min < max, or
 * min <= max for the log forms, sigma >= 0, q > 0, a whole upper end > 0, all
 * finite, and exp() of a bound finite). The message names the bad argument.
 */
HD_API int hd_expr_check(const struct hd_expr *expr, struct hd_error *err);

/* The value at quantile U, 0 < U < 1: the inverse of the distribution. */
HD_API struct hd_value hd_expr_at(const struct hd_expr *expr, double u);
HD_API struct hd_value hd_expr_draw(const struct hd_expr *expr,
				    struct hd_rng *rng);
/*
 * How many different values a grid would visit: the options of a choice, the
 * numbers of randint, the steps of quniform and qloguniform (merged where
 * rounding makes them equal); 0 when there is no end to them.
 */
HD_API uint64_t hd_expr_count(const struct hd_expr *expr);
/* The INDEX-th of them, ascending; INDEX < hd_expr_count(). */
HD_API struct hd_value hd_expr_nth(const struct hd_expr *expr, uint64_t index);
/* Which of them VALUE, legal for EXPR, is; 0 when there is no end to them. */
HD_API uint64_t hd_expr_index(const struct hd_expr *expr,
			      const struct hd_value *value);

struct hd_space; /* opaque; immutable once loaded */

/* The parent of a parameter that exists in every trial. */
#define HD_SPACE_TOP SIZE_MAX
/* So deep may branches nest: parameters at the top are 1 deep. */
#define HD_SPACE_DEPTH 16

struct hd_param {
	const char *name; /* as written, with or without dashes */
	struct hd_expr expr;
	struct hd_mark mark; /* where it was declared */
	size_t parent;       /* the choice it hangs on, or HD_SPACE_TOP */
	size_t branch;       /* the option of it with which it exists */
};

/* An empty space, filled by hd_space_add; NULL when there is no memory. */
HD_API struct hd_space *hd_space_new(void);
HD_API void hd_space_free(struct hd_space *space);
/*
 * Append a parameter; name, options and their text are copied. HD_EINVAL for
 * an illegal expression, HD_EEXIST for a name that is there already (compared
 * without leading dashes, as the script sees it).
 */
HD_API int hd_space_add(struct hd_space *space, const char *name,
			const struct hd_expr *expr, const struct hd_mark *mark,
			struct hd_error *err);
/*
 * The same for a parameter that exists only when the choice PARENT, an index,
 * is its option BRANCH. Parameters come depth first: those of a branch behind
 * their choice, branches in order, then what else is beside the choice. A name
 * may stand again in a branch that excludes the other: another option of the
 * same choice, however deep either lies. HD_ELIMIT past HD_SPACE_DEPTH.
 */
HD_API int hd_space_add_in(struct hd_space *space, size_t parent, size_t branch,
			   const char *name, const struct hd_expr *expr,
			   const struct hd_mark *mark, struct hd_error *err);

HD_API size_t hd_space_count(const struct hd_space *space);
HD_API const struct hd_param *hd_space_param(const struct hd_space *space,
					     size_t index);
/* The HD_EXPR_* that occur, or'ed. */
HD_API unsigned hd_space_expressions(const struct hd_space *space);
/* Whether parameter INDEX never exists together with those of that branch. */
HD_API bool hd_space_excludes(const struct hd_space *space, size_t index,
			      size_t parent, size_t branch);
/* Whether some parameters do not exist in every trial. */
HD_API bool hd_space_is_conditional(const struct hd_space *space);
/* Whether parameter INDEX exists, by the values of the choices above it. */
HD_API bool hd_space_is_active(const struct hd_space *space, size_t index,
			       const struct hd_value *values);
/* Make absent whatever does not exist by the values of the choices above it. */
HD_API void hd_space_prune(const struct hd_space *space,
			   struct hd_value *values);

/*
 * VALUES, one per parameter, as a JSON object: {"--lr":0.1,"units":64}, names
 * as declared, absent parameters left out, of a branch its label. Returns the
 * length without the terminator and, as snprintf does, writes at most SIZE
 * bytes; SIZE_MAX when there is no memory.
 */
HD_API size_t hd_space_json(const struct hd_space *space,
			    const struct hd_value *values, char *text,
			    size_t size);

/*
 * Number of points when every parameter has a hd_expr_count(): 0 when one has
 * none, UINT64_MAX when they do not fit. Parameters multiply, the branches of
 * a choice add up.
 */
HD_API uint64_t hd_space_points(const struct hd_space *space);
/*
 * Point INDEX of a space that has an end, the last declared parameter fastest
 * and branches one after another. Returns what is left of INDEX: 0 when there
 * is such a point.
 */
HD_API uint64_t hd_space_point(const struct hd_space *space, uint64_t index,
			       struct hd_value *values);
/* The index of the point with VALUES; hd_space_points() is an exact number. */
HD_API uint64_t hd_space_point_index(const struct hd_space *space,
				     const struct hd_value *values);

HD_END_DECLS

#endif
