/* exchange.h: trials out of a store and into one. */
#include "api.h"

#include <unistd.h>

static const char table[] = "trial,objective,value,params.x,params.o\n"
			    "0,max:acc,0.5,1,\"a, b\"\n"
			    "1,max:acc,0.75,2,c\n";

static void what_is_imported_is_exported(void **state)
{
	char folder[] = "/tmp/hdrive-api-XXXXXX", path[64], db[64], copy[64], optuna[64];
	char command[128];
	struct hd_import import = API_ZERO;
	struct hd_imported imported;
	struct hd_store *store = NULL, *other = NULL;
	struct hd_error err = API_ZERO;
	struct api_text text;
	struct hd_out out = api_out(&text);
	FILE *file;
	int64_t key;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/t.csv", folder);
	snprintf(db, sizeof db, "%s/hdrive.db", folder);
	snprintf(copy, sizeof copy, "%s/copy.db", folder);
	snprintf(optuna, sizeof optuna, "%s/study.db", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(table, file);
	fclose(file);
	assert_int_equal(hd_store_open(&store, db, HD_STORE_CREATE, &err), 0);
	import.size = sizeof import;
	import.name = "api";
	assert_int_equal(hd_import_file(store, path, &import, &imported, &err), 0);
	assert_string_equal(imported.name, "api");
	assert_int_equal(imported.trials, 2);
	assert_int_equal(hd_import_file(store, path, &import, &imported, &err), HD_EEXIST);
	import.format = HD_EXCHANGE_JSONL;
	assert_int_equal(hd_import_file(store, path, &import, &imported, &err), HD_EINVAL);
	assert_int_equal(hd_import_file(store, "/nowhere", &import, &imported, &err), HD_ENOENT);

	assert_int_equal(hd_store_find_sweep(store, "api", &key, &err), 0);
	assert_int_equal(hd_export(store, key, HD_EXCHANGE_CSV, false, &out, &err), 0);
	assert_has(text.text, "1,Completed,exit,,,,max:acc,0.75,2,c,0.75\n");
	assert_int_equal(hd_export(store, key, HD_EXCHANGE_AUTO, false, &out, &err), HD_EINVAL);
	assert_int_equal(hd_export_optuna(store, &key, 1, optuna, &err), 0);
	assert_int_equal(hd_export_optuna(store, &key, 1, optuna, &err), HD_EEXIST);
	import.format = HD_EXCHANGE_AUTO;
	import.name = "back";
	assert_int_equal(hd_import_file(store, optuna, &import, &imported, &err), 0);
	assert_int_equal(imported.trials, 2);
	assert_int_equal(hd_export_store(store, key, copy, &err), 0);
	assert_int_equal(hd_export_store(store, key, copy, &err), HD_EEXIST);
	assert_int_equal(hd_export_tensorboard(store, key, path, &err), HD_EEXIST);
	snprintf(path, sizeof path, "%s/board", folder);
	assert_int_equal(hd_export_tensorboard(store, key, path, &err), 0);
	assert_int_equal(hd_export_tensorboard(store, key, path, &err), 0);
	hd_store_close(store);

	assert_int_equal(hd_store_open(&other, copy, HD_STORE_READ, &err), 0);
	assert_int_equal(hd_store_find_sweep(other, "api", &key, &err), 0);
	hd_store_close(other);
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_imported_is_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
