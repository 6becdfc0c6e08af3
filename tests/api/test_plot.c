/* plot.h: pictures of a sweep. */
#include "api.h"

#include <unistd.h>

static const char table[] = "trial,objective,value,params.x,params.o\n"
			    "0,max:acc,0.5,1,a\n"
			    "1,max:acc,0.75,2,c\n";

static void make_sweep(const char *folder, struct hd_store **store, int64_t *key)
{
	struct hd_import import = API_ZERO;
	struct hd_imported imported;
	struct hd_error err = API_ZERO;
	char path[64], db[64];
	FILE *file;

	snprintf(path, sizeof path, "%s/t.csv", folder);
	snprintf(db, sizeof db, "%s/hdrive.db", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(table, file);
	fclose(file);
	assert_int_equal(hd_store_open(store, db, HD_STORE_CREATE, &err), 0);
	import.size = sizeof import;
	import.name = "api";
	assert_int_equal(hd_import_file(*store, path, &import, &imported, &err), 0);
	*key = imported.sweep;
}

static void sweeps_have_pictures(void **state)
{
	char folder[] = "/tmp/hdrive-api-XXXXXX", path[64], command[64];
	struct hd_store *store = NULL;
	struct hd_plot plot = API_ZERO;
	struct hd_error err = API_ZERO;
	struct api_text text;
	struct hd_out out = api_out(&text);
	int64_t key = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	make_sweep(folder, &store, &key);
	assert_true(hd_plot_kinds() >= 5);
	assert_string_equal(hd_plot_kind_name(0), "history");
	assert_has(hd_plot_kind_summary(0), "best so far");
	assert_null(hd_plot_kind_name(hd_plot_kinds()));
	assert_null(hd_plot_kind_summary(hd_plot_kinds()));

	plot.size = sizeof plot;
	plot.kind = "history";
	plot.ascii = true;
	assert_int_equal(hd_plot(store, key, &plot, &out, &err), 0);
	assert_has(text.text, "api: history of acc\n");
	plot.kind = "nothing";
	assert_int_equal(hd_plot(store, key, &plot, &out, &err), HD_EINVAL);
	plot.kind = "slice";
	plot.format = HD_PLOT_SVG;
	snprintf(path, sizeof path, "%s/x.svg", folder);
	assert_int_equal(hd_plot_file(store, key, &plot, path, &err), 0);
	assert_int_equal(access(path, R_OK), 0);
	assert_int_equal(hd_plot_file(store, key, &plot, "/nowhere/x.svg", &err), HD_ENOENT);
	plot.size = 1;
	assert_int_equal(hd_plot(store, key, &plot, &out, &err), HD_EINVAL);
	hd_store_close(store);
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweeps_have_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
