/* Tests of engine/dispatch/gpu_list.c: what "gpus" may say. */
#include "check.h"

#include "dispatch/gpu_list.h"

/* The list as text, "0:1,2:1", into one buffer. */
static const char *show(const struct hd_gpu_list *list)
{
	static char text[256];
	size_t at = 0;

	text[0] = '\0';
	if (list->mode == HD_GPU_NONE)
		return "none";
	if (list->mode == HD_GPU_AUTO)
		at = (size_t)snprintf(text, sizeof text, "auto:%zu",
				      list->share);
	for (size_t i = 0; i < list->count; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s:%zu",
				       i ? "," : "", list->items[i].id,
				       list->items[i].share);
	return text;
}

static void lists_are_read(void **state)
{
	static const char *const rows[][2] = {
		{ "none", "none" },
		{ " none ", "none" },
		{ "auto", "auto:1" },
		{ "auto:2", "auto:2" },
		{ "0", "0:1" },
		{ "0,2", "0:1,2:1" },
		{ "2,0", "2:1,0:1" },
		{ " 0 , 2 ", "0:1,2:1" },
		{ "0:2", "0:2" },
		{ "0:2,1:2", "0:2,1:2" },
		{ "0 : 2", "0:2" },
		{ "0:1000", "0:1000" },
		{ "007", "7:1" },
		{ "0.1,1.0:2", "0.1:1,1.0:2" },
		{ "GPU-8f6d5e1c-12ab:3", "GPU-8f6d5e1c-12ab:3" },
		{ "MIG-GPU-8f6d5e1c/1/0,0", "MIG-GPU-8f6d5e1c/1/0:1,0:1" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_gpu_list list;
		struct hd_error err = { 0 };

		if (hd_gpu_list_read(&list, rows[i][0], &err) < 0)
			fail_msg("'%s': %s", rows[i][0], err.text);
		assert_string_equal(show(&list), rows[i][1]);
		hd_gpu_list_release(&list);
	}
}

#define EXPECTED "'gpus' must be 'auto', 'none' or a list of ids such as " \
		 "0,2 or GPU-8f6d5e1c, got "
#define SHARE "'gpus': what stands behind ':' is how many trials share the " \
	      "GPU, from 1 to 1000, got "
#define MISSING "'gpus': an id is missing, expected a list such as 0,2"

static void what_is_no_list_is_explained(void **state)
{
	static const char *const rows[][2] = {
		{ "", MISSING },
		{ "  ", MISSING },
		{ "0,,2", MISSING },
		{ "0,", MISSING },
		{ ":2", MISSING },
		{ "-1", "'gpus': an id must be at least 0, got '-1'" },
		{ "0,-2", "'gpus': an id must be at least 0, got '-2'" },
		{ "-", EXPECTED "'-'" },
		{ "all", EXPECTED "'all'" },
		{ "Auto", EXPECTED "'Auto'" },
		{ "auto,0", EXPECTED "'auto'" },
		{ "0,none", EXPECTED "'none'" },
		{ "0-3", EXPECTED "'0-3'" },
		{ "0 2", EXPECTED "'0 2'" },
		{ "0x1", EXPECTED "'0x1'" },
		{ "1.", EXPECTED "'1.'" },
		{ "GPU-", EXPECTED "'GPU-'" },
		{ "GPU-a b", EXPECTED "'GPU-a b'" },
		{ "99999999999999999999", EXPECTED "'99999999999999999999'" },
		{ "0:0", SHARE "'0:0'" },
		{ "0:", SHARE "'0:'" },
		{ "0:-1", SHARE "'0:-1'" },
		{ "0:two", SHARE "'0:two'" },
		{ "0:1:2", SHARE "'0:1:2'" },
		{ "0:1001", SHARE "'0:1001'" },
		{ "auto:0", SHARE "'auto:0'" },
		{ "none:2", EXPECTED "'none'" },
		{ "0,2,0",
		  "'gpus': '0' is given twice; '0:2' lets two trials share "
		  "it" },
		{ "1,01:2",
		  "'gpus': '1' is given twice; '1:2' lets two trials share "
		  "it" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_gpu_list list;
		struct hd_error err = { 0 };

		if (hd_gpu_list_read(&list, rows[i][0], &err) != HD_EINVAL)
			fail_msg("'%s' was taken", rows[i][0]);
		assert_string_equal(err.text, rows[i][1]);
		hd_gpu_list_release(&list);
	}
}

static void long_ids_are_refused_and_cut_in_the_message(void **state)
{
	char text[2000];
	struct hd_gpu_list list;
	struct hd_error err = { 0 };

	(void)state;
	memset(text, 'a', sizeof text - 1);
	memcpy(text, "GPU-", 4);
	text[sizeof text - 1] = '\0';
	assert_int_equal(hd_gpu_list_read(&list, text, &err), HD_EINVAL);
	assert_true(strlen(err.text) < 200);
	hd_gpu_list_release(&list);
}

static void many_ids_make_a_long_list(void **state)
{
	char text[4000] = "";
	struct hd_gpu_list list;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < 700; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%zu",
				       i ? "," : "", i);
	assert_int_equal(hd_gpu_list_read(&list, text, NULL), 0);
	assert_int_equal(list.count, 700);
	assert_ptr_equal(hd_gpu_list_find(&list, "699"), &list.items[699]);
	assert_null(hd_gpu_list_find(&list, "700"));
	hd_gpu_list_release(&list);
}

/* CUDA's rule: what follows the first that is no device is not seen. */
static void a_variable_counts_up_to_the_first_that_is_no_id(void **state)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "-1", "" },
		{ "NoDevFiles", "" },
		{ "0,1", "0:1,1:1" },
		{ "2,-1,3", "2:1" },
		{ "GPU-8f6d,MIG-1", "GPU-8f6d:1,MIG-1:1" },
		{ "1,1,2", "1:1" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_gpu_list list;

		assert_int_equal(hd_gpu_list_read_variable(&list, rows[i][0],
							   NULL),
				 0);
		assert_string_equal(show(&list), rows[i][1]);
		hd_gpu_list_release(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read),
		cmocka_unit_test(what_is_no_list_is_explained),
		cmocka_unit_test(long_ids_are_refused_and_cut_in_the_message),
		cmocka_unit_test(many_ids_make_a_long_list),
		cmocka_unit_test(a_variable_counts_up_to_the_first_that_is_no_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
