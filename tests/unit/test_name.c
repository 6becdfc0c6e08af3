/* Tests of engine/sweep/name.c. */
#include "check.h"

#include "sweep/name.h"

#include <ctype.h>

static void hd_100_an_id_is_hd_and_a_guid(void **state)
{
	static const char form[] = "HD_xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
	char id[HD_SWEEP_ID_SIZE], other[HD_SWEEP_ID_SIZE];
	struct hd_error err;

	(void)state;
	assert_int_equal(hd_name_make_id(id, &err), 0);
	assert_int_equal(strlen(id), strlen(form));
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == 'x')
			assert_true(isdigit((unsigned char)id[i]) ||
				    (id[i] >= 'a' && id[i] <= 'f'));
		else if (form[i] == 'v')
			assert_non_null(strchr("89ab", id[i]));
		else
			assert_true(id[i] == form[i]);
	}
	assert_int_equal(hd_name_make_id(other, &err), 0);
	assert_string_not_equal(id, other);
}

static void made_up_names_are_names(void **state)
{
	char name[HD_SWEEP_NAME_MOST + 1];
	struct hd_error err;

	(void)state;
	for (int i = 0; i < 200; i++) {
		assert_int_equal(hd_name_make(name, &err), 0);
		assert_int_equal(hd_name_check(name, &err), 0);
		assert_non_null(strchr(name, '-'));
	}
}

static void names_that_could_leave_the_folder_are_refused(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "a/b", "/a", "-x", ".git", "a b", "a\nb", "@",
		"HD_1", "hdrive.db", "a;b", "\xc3\xa4",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	static const char *const good[] = { "a", "a.b", "A-1_x", "7", "_x" };
	struct hd_error err;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_int_equal(hd_name_check(bad[i], &err), HD_EINVAL);
	for (size_t i = 0; i < ROWS(good); i++)
		assert_int_equal(hd_name_check(good[i], &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_100_an_id_is_hd_and_a_guid),
		cmocka_unit_test(made_up_names_are_names),
		cmocka_unit_test(names_that_could_leave_the_folder_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
