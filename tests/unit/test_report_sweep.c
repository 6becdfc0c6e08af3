/* Tests of engine/report/sweep.c: "hdrive show S" as text. */
#include "storebox.h"

#include "base/buf.h"

#include <hdrive/report.h>

static int collect(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

static void expect_shown(struct storebox *box, const char *wanted, bool shown)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_out out = { .write = collect, .user = &text, .now = BOX_TIME };

	ok(box, hd_report_sweep(box->store, box->sweep, HD_FORMAT_TEXT, &out,
				&box->err));
	if ((strstr(hd_buf_text(&text), wanted) != NULL) != shown)
		fail_msg("'%s' is %s", wanted, shown ? "not shown" : "shown");
	hd_buf_release(&text);
}

static void text_shows_a_thousand_trials_and_counts_the_rest(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	for (size_t i = 0; i < 1000; i++)
		box_trial(box, i);
	box_commit(box);
	expect_shown(box, "\n  999  ", true);
	expect_shown(box, "more", false);
	box_begin(box);
	box_trial(box, 1000);
	box_trial(box, 1001);
	box_commit(box);
	expect_shown(box, "\n  999  ", true);
	expect_shown(box, "\n 1000  ", false);
	expect_shown(box, "\nand 2 more; all of them: hdrive show a --json\n", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			text_shows_a_thousand_trials_and_counts_the_rest,
			open_box, close_box),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
