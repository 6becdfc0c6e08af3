/*
 * Runs a fuzzer's saved corpus as tests, without libFuzzer: one test for each
 * file of tests/fuzz/corpus/X when the program is called replay_X.
 */
#include "check.h"

#include <dirent.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void corpus_file_is_harmless(void **state)
{
	FILE *file = fopen(*state, "rb");
	uint8_t *bytes, *exact;
	long size;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	size = ftell(file);
	assert_true(size >= 0);
	rewind(file);
	bytes = malloc((size_t)size + 1);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
	fclose(file);
	/* A block of just the size lets the sanitizer see reads past it. */
	exact = realloc(bytes, size ? (size_t)size : 1);
	assert_non_null(exact);
	LLVMFuzzerTestOneInput(exact, (size_t)size);
	free(exact);
}

static int is_corpus_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static char *path_join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", folder, name);
	return path;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];
	struct dirent **entries = NULL;
	struct CMUnitTest *tests;
	char *folder;
	int count, failed;

	(void)argc;
	if (strncmp(name, "replay_", 7) != 0) {
		fprintf(stderr, "%s: call me replay_NAME\n", argv[0]);
		return 2;
	}
	folder = path_join(TEST_ROOT "/tests/fuzz/corpus", name + 7);
	count = folder ? scandir(folder, &entries, is_corpus_file, alphasort) : -1;
	if (count <= 0) {
		fprintf(stderr, "%s: no corpus\n", folder ? folder : name);
		return 2;
	}
	tests = calloc((size_t)count, sizeof *tests);
	if (!tests)
		return 2;
	for (int i = 0; i < count; i++) {
		tests[i].name = entries[i]->d_name;
		tests[i].test_func = corpus_file_is_harmless;
		tests[i].initial_state = path_join(folder, entries[i]->d_name);
	}
	failed = _cmocka_run_group_tests(name, tests, (size_t)count, NULL,
					 NULL);
	for (int i = 0; i < count; i++) {
		free(tests[i].initial_state);
		free(entries[i]);
	}
	free(entries);
	free(tests);
	free(folder);
	return failed;
}
