/*
 * A sweep of eight trials as the API answers for it, for tests of pictures: a
 * parameter that only some have, a failed one, one without a value, one that
 * still runs, a stopped one, a value far from all others, names with markup.
 */
#ifndef TESTS_SUPPORT_PLOTBOX_H
#define TESTS_SUPPORT_PLOTBOX_H

#include "plot/make.h"

#include <string.h>

#define PLOT_HOSTILE "</text><script>x</script>&\\\"'\\u001b[31m"

static const char plot_columns[] =
	"{\"seq\":1,\"metric\":\"acc\",\"goal\":\"maximize\",\"parameters\":["
	"{\"name\":\"--lr\",\"expression\":\"loguniform\",\"kind\":\"number\",\"log\":true,"
	"\"low\":0.0001,\"high\":1},"
	"{\"name\":\"--opt\",\"expression\":\"choice\",\"kind\":\"choice\","
	"\"values\":[\"sgd\",\"" PLOT_HOSTILE "\",null,true,1.5,[1]]},"
	"{\"name\":\"--" PLOT_HOSTILE "\",\"expression\":\"uniform\",\"kind\":\"number\","
	"\"log\":false,\"low\":0,\"high\":1,\"within\":\"--opt/sgd\"}],"
	"\"names\":[\"acc\",\"loss\"],"
	"\"number\":[0,1,2,3,4,5,6,7],"
	"\"state\":[\"Completed\",\"Completed\",\"Failed\",\"Canceled\",\"Canceled\",\"Running\","
	"\"Paused\",\"Queued\"],"
	"\"end\":[\"exit\",\"exit\",\"exit\",\"policy\",\"user\",\"\",\"paused\",\"\"],"
	"\"value\":[0.5,0.75,null,0.25,null,0.9,0.7,null],"
	"\"last\":[0.5,0.75,null,0.25,null,0.9,0.7,null],"
	"\"intervals\":[3,3,0,1,0,2,1,0],\"attempt\":[1,2,1,1,1,1,1,1],"
	"\"slot\":[0,1,0,1,0,1,0,null],"
	"\"created\":[1764160000000,1764160000000,1764160000000,1764160000000,1764160000000,"
	"1764160000000,1764160000000,1764160000000],"
	"\"started\":[1764160000000,1764160000000,1764160030000,1764160040000,1764160050000,"
	"1764160060000,1764160070000,null],"
	"\"ended\":[1764160030000,1764160040000,1764160050000,1764160055000,1764160070000,null,"
	"1764160090000,null],"
	"\"values\":[[0.001,0.01,0.1,0.0003,0.5,0.02,0.05,0.9],[0,1,2,0,3,4,5,0],"
	"[0.5,null,null,0.25,null,null,null,1]]}";

static const char plot_curves[] =
	"{\"metric\":\"acc\",\"seq\":1,\"curves\":["
	"{\"trial\":5,\"count\":2,\"x\":[1,2],\"y\":[0.6,0.9]},"
	"{\"trial\":1,\"count\":3,\"x\":[1,2,3],\"y\":[0.5,null,0.75]},"
	"{\"trial\":3,\"count\":1,\"x\":[1],\"y\":[0.25]}]}";

static const char plot_importance[] =
	"{\"method\":\"PED-ANOVA\",\"quantile\":0.1,\"trials\":5,\"parameters\":["
	"{\"name\":\"--" PLOT_HOSTILE "\",\"importance\":0.75},"
	"{\"name\":\"--lr\",\"importance\":0.25}],\"note\":\"\"}";

static const char plot_attempts[] =
	"{\"attempts\":[[1,1,1,1764159990000,1764159999000,\"exit\"]]}";

/* Answers instead of those above; NULL for them. */
static const char *plot_answers[4];

static inline int plot_ask(void *user, struct hd_json **answer, const char *path,
			   const char *const *arguments, struct hd_error *err)
{
	static const char *const paths[] = { "columns", "curves", "importance", "attempts" };
	static const char *const usual[] = { plot_columns, plot_curves, plot_importance,
					     plot_attempts };

	(void)user;
	(void)arguments;
	for (size_t i = 0; i < 4; i++)
		if (!strcmp(paths[i], path)) {
			const char *text = plot_answers[i] ? plot_answers[i] : usual[i];

			return hd_json_parse(answer, text, strlen(text), err);
		}
	return hd_error_set(err, HD_ENOENT, "no '%s'", path);
}

static inline int plot_make(struct hd_buf *buf, const struct hd_plot *plot, bool color,
			    struct hd_error *err)
{
	const struct hd_plot_source source = { plot_ask, NULL, "brave-otter-3" };
	const struct hd_out out = { .width = 60, .color = color };

	return hd_plot_make(buf, &source, plot, &out, NULL, err);
}

#endif
