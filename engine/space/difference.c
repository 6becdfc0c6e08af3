/* Two parameter spaces, parameter by parameter. */
#include "space/difference.h"

#include "base/buf.h"

#include <string.h>

#define DIFFERENCES_MOST 5

struct comparing {
	struct hd_buf text;
	size_t count;
};

static void option_text(struct hd_buf *buf, const struct hd_value *value)
{
	char text[64];
	size_t length = hd_value_format(value, text, sizeof text);

	hd_buf_puts(buf, text);
	if (length >= sizeof text)
		hd_buf_puts(buf, "...");
}

/* "loguniform(-6, -1)", as it is written. */
static void expr_text(struct hd_buf *buf, const struct hd_expr *expr)
{
	hd_buf_printf(buf, "%s(", hd_expr_name(expr->kind));
	if (expr->kind == HD_EXPR_CHOICE) {
		for (size_t i = 0; i < expr->option_count; i++) {
			hd_buf_puts(buf, i ? ", " : "");
			option_text(buf, &expr->options[i]);
		}
	} else if (expr->kind == HD_EXPR_RANDINT) {
		hd_buf_number(buf, expr->b);
	} else {
		hd_buf_number(buf, expr->a);
		hd_buf_puts(buf, ", ");
		hd_buf_number(buf, expr->b);
		if (expr->q > 0) {
			hd_buf_puts(buf, ", ");
			hd_buf_number(buf, expr->q);
		}
	}
	hd_buf_puts(buf, ")");
}

static bool expr_same(const struct hd_expr *a, const struct hd_expr *b)
{
	if (a->kind != b->kind || a->a != b->a || a->b != b->b || a->q != b->q ||
	    a->option_count != b->option_count)
		return false;
	for (size_t i = 0; i < a->option_count; i++)
		if (!hd_value_equal(&a->options[i], &b->options[i]))
			return false;
	return true;
}

/* Whether two parameters hang on the same branch, all the way up. */
static bool place_same(const struct hd_space *a, const struct hd_param *pa,
		       const struct hd_space *b, const struct hd_param *pb)
{
	while (pa->parent != HD_SPACE_TOP && pb->parent != HD_SPACE_TOP) {
		const struct hd_param *ca = hd_space_param(a, pa->parent);
		const struct hd_param *cb = hd_space_param(b, pb->parent);

		if (strcmp(ca->name, cb->name) ||
		    !hd_value_equal(&ca->expr.options[pa->branch],
				    &cb->expr.options[pb->branch]))
			return false;
		pa = ca;
		pb = cb;
	}
	return pa->parent == pb->parent;
}

/* What stands in SPACE for PARAM of OTHER. */
static const struct hd_param *param_find(const struct hd_space *space,
					 const struct hd_space *other,
					 const struct hd_param *param)
{
	for (size_t i = 0; i < hd_space_count(space); i++) {
		const struct hd_param *found = hd_space_param(space, i);

		if (!strcmp(found->name, param->name) &&
		    place_same(space, found, other, param))
			return found;
	}
	return NULL;
}

/* "'C'", in a branch "'C' of 'svm'". */
static void param_text(struct hd_buf *buf, const struct hd_space *space,
		       const struct hd_param *param)
{
	hd_buf_printf(buf, "'%s'", param->name);
	if (param->parent == HD_SPACE_TOP)
		return;
	hd_buf_puts(buf, " of '");
	option_text(buf, &hd_space_param(space, param->parent)
				  ->expr.options[param->branch]);
	hd_buf_puts(buf, "'");
}

/* Begin one more difference; false when there are enough. */
static bool difference(struct comparing *comparing)
{
	if (comparing->count++ >= DIFFERENCES_MOST)
		return false;
	hd_buf_puts(&comparing->text, comparing->count > 1 ? "; " : "");
	return true;
}

static void compare_param(struct comparing *comparing,
			  const struct hd_space *then,
			  const struct hd_param *before,
			  const struct hd_space *now)
{
	const struct hd_param *param = param_find(now, then, before);
	struct hd_buf *text = &comparing->text;

	if (param && expr_same(&before->expr, &param->expr))
		return;
	if (!difference(comparing))
		return;
	param_text(text, then, before);
	hd_buf_puts(text, " was ");
	expr_text(text, &before->expr);
	if (!param) {
		hd_buf_puts(text, " and is gone");
		return;
	}
	hd_buf_puts(text, " and is ");
	expr_text(text, &param->expr);
}

static void compare_order(struct comparing *comparing,
			  const struct hd_space *before,
			  const struct hd_space *now)
{
	for (size_t i = 0; i < hd_space_count(now); i++) {
		const struct hd_param *param = hd_space_param(now, i);

		const struct hd_param *old = param_find(before, now, param);

		if (old && (comparing->count > 0 ||
			    old == hd_space_param(before, i)))
			continue;
		if (!difference(comparing))
			continue;
		param_text(&comparing->text, now, param);
		hd_buf_puts(&comparing->text, old ? " stands in another place"
						  : " is new");
	}
}

int hd_space_compare(const struct hd_space *before, const struct hd_space *now,
		     struct hd_error *err)
{
	struct comparing comparing = { HD_BUF_INIT, 0 };
	int rc = 0;

	for (size_t i = 0; i < hd_space_count(before); i++)
		compare_param(&comparing, before, hd_space_param(before, i), now);
	compare_order(&comparing, before, now);
	if (hd_buf_failed(&comparing.text))
		rc = hd_error_nomem(err);
	else if (comparing.count > DIFFERENCES_MOST)
		rc = hd_error_set(err, HD_ESTATE,
				  "the parameter space differs: %s; and %zu more",
				  hd_buf_text(&comparing.text),
				  comparing.count - DIFFERENCES_MOST);
	else if (comparing.count)
		rc = hd_error_set(err, HD_ESTATE,
				  "the parameter space differs: %s",
				  hd_buf_text(&comparing.text));
	hd_buf_release(&comparing.text);
	return rc;
}
