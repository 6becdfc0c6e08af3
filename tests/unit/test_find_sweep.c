/* Tests of engine/store/find_sweep.c: which sweep a word means. */
#include "storebox.h"

static void find(struct storebox *box, const char *word, int64_t expected)
{
	int64_t key;

	ok(box, hd_store_find_sweep(box->store, word, &key, &box->err));
	assert_true(key == expected);
}

static void a_sweep_is_found_by_name_id_prefix_and_at(void **state)
{
	struct storebox *box = *state;
	int64_t key, otter, heron;

	assert_int_equal(hd_store_find_sweep(box->store, "@", &key, &box->err),
			 HD_ENOENT);
	box_sweep_insert(box, "HD_aaaa", "brave-otter", HD_MINIMIZE);
	otter = box->sweep;
	box_sweep_insert(box, "HD_aabb", "brave-otter-3", HD_MINIMIZE);
	box_sweep_insert(box, "HD_bbbb", "calm-heron", HD_MINIMIZE);
	heron = box->sweep;

	find(box, "brave-otter", otter); /* exact goes before prefix */
	find(box, "HD_bbbb", heron);
	find(box, "c", heron);
	find(box, "HD_b", heron);
	find(box, "HD_aaa", otter);
	find(box, "@", heron);
	find(box, NULL, heron);
	assert_int_equal(hd_store_find_sweep(box->store, "HD_aa", &key,
					     &box->err),
			 HD_EINVAL);
	assert_string_equal(box->err.text, "'HD_aa' fits several sweeps: "
					   "brave-otter-3, brave-otter");
	assert_int_equal(hd_store_find_sweep(box->store, "zebra", &key,
					     &box->err),
			 HD_ENOENT);
	assert_int_equal(hd_store_find_sweep(box->store, "", &key, &box->err),
			 HD_EINVAL);
}

static void wildcards_in_a_word_stand_for_themselves(void **state)
{
	static const char *const words[] = { "%", "_", "br%", "b_ave", "brave*", "BRAVE" };
	struct storebox *box = *state;
	int64_t key;

	box_sweep_insert(box, "HD_1", "brave", HD_MINIMIZE);
	for (size_t i = 0; i < ROWS(words); i++)
		assert_int_equal(hd_store_find_sweep(box->store, words[i],
						     &key, &box->err),
				 HD_ENOENT);
	box_sweep_insert(box, "HD_2", "a_b%c", HD_MINIMIZE);
	find(box, "a_b%", box->sweep);
}

static void an_ambiguous_prefix_lists_five(void **state)
{
	struct storebox *box = *state;
	char id[16], name[16];
	int64_t key;

	for (int i = 0; i < 8; i++) {
		snprintf(id, sizeof id, "x%d", i);
		snprintf(name, sizeof name, "xx%d", i);
		box_sweep_insert(box, id, name, HD_MINIMIZE);
	}
	assert_int_equal(hd_store_find_sweep(box->store, "x", &key, &box->err),
			 HD_EINVAL);
	assert_string_equal(box->err.text, "'x' fits several sweeps: "
					   "xx7, xx6, xx5, xx4, xx3, ...");
}

static void a_prefix_that_fits_name_and_id_of_one_sweep_is_unique(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "same-1", "same-2", HD_MINIMIZE);
	find(box, "same", box->sweep);
}

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, open_box, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(a_sweep_is_found_by_name_id_prefix_and_at),
		WITH_BOX(wildcards_in_a_word_stand_for_themselves),
		WITH_BOX(an_ambiguous_prefix_lists_five),
		WITH_BOX(a_prefix_that_fits_name_and_id_of_one_sweep_is_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
