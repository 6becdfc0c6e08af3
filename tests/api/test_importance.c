/* importance.h: which parameters matter. */
#include "api.h"

#include <unistd.h>

/* Results that are x, to which y adds nothing. */
static void write_table(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs("trial,objective,value,params.x,params.y\n", file);
	for (int i = 0; i < 40; i++)
		fprintf(file, "%d,max:acc,%d,%d,%d\n", i, i, i, i * 7 % 11);
	fclose(file);
}

static void the_one_that_decides_comes_first(void **state)
{
	char folder[] = "/tmp/hdrive-api-XXXXXX", path[64], db[64];
	struct hd_import import = API_ZERO;
	struct hd_imported imported;
	struct hd_importance_options options = API_ZERO;
	struct hd_importance *importance = NULL;
	const struct hd_importance_row *row;
	struct hd_store *store = NULL;
	struct hd_error err = API_ZERO;
	int64_t key;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/t.csv", folder);
	snprintf(db, sizeof db, "%s/hdrive.db", folder);
	write_table(path);
	assert_int_equal(hd_store_open(&store, db, HD_STORE_CREATE, &err), 0);
	import.size = sizeof import;
	import.name = "api";
	assert_int_equal(hd_import_file(store, path, &import, &imported, &err), 0);
	assert_int_equal(hd_store_find_sweep(store, "api", &key, &err), 0);

	options.size = sizeof options;
	options.quantile = 2;
	assert_int_equal(hd_importance_open(&importance, store, key, &options, &err), HD_EINVAL);
	assert_int_equal(hd_importance_open(&importance, store, key, NULL, &err), 0);
	assert_int_equal(hd_importance_count(importance), 2);
	assert_int_equal(hd_importance_trials(importance), 40);
	assert_int_equal(hd_importance_best(importance), 4);
	assert_true(hd_importance_quantile(importance) == HD_IMPORTANCE_QUANTILE);
	assert_string_equal(hd_importance_note(importance), "");
	row = hd_importance_at(importance, 0);
	assert_has(row->name, "x");
	assert_true(row->importance > 0.5);
	hd_importance_close(importance);
	hd_store_close(store);
	unlink(db);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_that_decides_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
