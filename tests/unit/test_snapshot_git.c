/* Tests of engine/snapshot/git.c: what is recorded of a repository. */
#include "snapbox.h"

#include <git2.h>

#include <dlfcn.h>

/* What the tests need of libgit2 to make repositories. */
#define FUNCTIONS(X)                        \
	X(git_libgit2_init)                 \
	X(git_libgit2_shutdown)             \
	X(git_repository_init)              \
	X(git_repository_free)              \
	X(git_repository_index)             \
	X(git_repository_set_head_detached) \
	X(git_index_add_all)                \
	X(git_index_write)                  \
	X(git_index_write_tree)             \
	X(git_index_free)                   \
	X(git_tree_lookup)                  \
	X(git_tree_free)                    \
	X(git_signature_new)                \
	X(git_signature_free)               \
	X(git_commit_create)                \
	X(git_oid_tostr)
#define MEMBER(name) static __typeof__(name) *p_##name;
FUNCTIONS(MEMBER)

static int load(void **state)
{
	void *library = dlopen(HD_LIBGIT2, RTLD_NOW | RTLD_LOCAL);

	(void)state;
	assert_non_null(library);
#define LOAD(name)                                   \
	*(void **)&p_##name = dlsym(library, #name); \
	assert_non_null(p_##name);
	FUNCTIONS(LOAD)
	return 0;
}

/* To the repository's configuration. */
static void configure(const struct snapbox *box, const char *text)
{
	FILE *file = fopen(folder_path(box->source, ".git/config"), "a");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
}

static void add_remote(const struct snapbox *box, const char *name, const char *url)
{
	char text[500];

	snprintf(text, sizeof text, "[remote \"%s\"]\n\turl = %s\n\turl = /not/this\n", name, url);
	configure(box, text);
}

/* All that is in the source, as a commit; its id into TEXT. */
static void commit(git_repository *repository, git_oid *id, char text[GIT_OID_HEXSZ + 1])
{
	git_index *index = NULL;
	git_tree *tree = NULL;
	git_signature *me = NULL;
	git_oid tree_id;

	assert_int_equal(p_git_repository_index(&index, repository), 0);
	assert_int_equal(p_git_index_add_all(index, NULL, 0, NULL, NULL), 0);
	assert_int_equal(p_git_index_write(index), 0);
	assert_int_equal(p_git_index_write_tree(&tree_id, index), 0);
	assert_int_equal(p_git_tree_lookup(&tree, repository, &tree_id), 0);
	assert_int_equal(p_git_signature_new(&me, "me", "me@example.org", 1, 0), 0);
	assert_int_equal(p_git_commit_create(id, repository, "HEAD", me, me, NULL, "one", tree, 0,
					     NULL),
			 0);
	p_git_oid_tostr(text, GIT_OID_HEXSZ + 1, id);
	p_git_signature_free(me);
	p_git_tree_free(tree);
	p_git_index_free(index);
}

struct repository {
	struct snapbox *box;
	git_repository *git;
	git_oid id;
	char commit[GIT_OID_HEXSZ + 1];
	char found[2000]; /* what is recorded, "name=value\n" each */
};

static void make(struct repository *made, struct snapbox *box)
{
	made->box = box;
	p_git_libgit2_init();
	snap_file(box, "train.py", "print(1)\n");
	snap_dir(box, "sub");
	snap_file(box, "sub/a.py", "1\n");
	assert_int_equal(p_git_repository_init(&made->git, box->source, 0), 0);
	folder_write(box->source, ".git/HEAD", "ref: refs/heads/topic/one\n", 0644);
	commit(made->git, &made->id, made->commit);
}

static void done(struct repository *made)
{
	p_git_repository_free(made->git);
	p_git_libgit2_shutdown();
}

static int collect(void *user, const char *name, const char *value)
{
	char *found = user;
	size_t length = strlen(found);

	snprintf(found + length, 2000 - length, "%s=%s\n", name, value);
	return 0;
}

/* What is recorded of the folder SUB of the source, "" for itself. */
static const char *recorded(struct repository *made, const char *sub)
{
	made->found[0] = '\0';
	assert_int_equal(hd_snapshot_git(*sub ? folder_path(made->box->source, sub)
					      : made->box->source,
					 collect, made->found),
			 0);
	return made->found;
}

static void hd_163_a_repository_s_state_is_recorded(void **state)
{
	struct repository made = { 0 };
	char expected[2000];

	make(&made, *state);
	add_remote(made.box, "origin", "git@example.org:me/project.git");
	snprintf(expected, sizeof expected,
		 "azureml.git.repository_uri=git@example.org:me/project.git\n"
		 "mlflow.source.git.repoURL=git@example.org:me/project.git\n"
		 "azureml.git.branch=topic/one\n"
		 "mlflow.source.git.branch=topic/one\n"
		 "azureml.git.commit=%s\n"
		 "mlflow.source.git.commit=%s\n"
		 "azureml.git.dirty=False\n",
		 made.commit, made.commit);
	assert_string_equal(recorded(&made, ""), expected);
	assert_string_equal(recorded(&made, "sub"), expected);
	done(&made);
}

static void hd_163_nothing_is_recorded_outside_of_a_repository(void **state)
{
	struct repository made = { .box = *state };

	snap_dir(made.box, "sub");
	assert_string_equal(recorded(&made, "sub"), "");
	/* What only looks like one. */
	snap_dir(made.box, ".git");
	assert_string_equal(recorded(&made, "sub"), "");
}

static bool is_dirty(struct repository *made, const char *sub)
{
	bool dirty = strstr(recorded(made, sub), "azureml.git.dirty=True\n") != NULL;

	assert_int_equal(dirty, strstr(made->found, "azureml.git.dirty=False\n") == NULL);
	return dirty;
}

static void hd_163_dirty_is_what_git_status_says_of_the_folder(void **state)
{
	struct repository made = { 0 };

	make(&made, *state);
	snap_file(made.box, "train.py", "print(2)\n");
	assert_true(is_dirty(&made, ""));
	assert_false(is_dirty(&made, "sub"));
	snap_file(made.box, "sub/new.py", "");
	assert_true(is_dirty(&made, "sub"));
	snap_file(made.box, ".gitignore", "new.py\n");
	assert_false(is_dirty(&made, "sub"));
	done(&made);
}

static void hd_163_a_detached_head_has_no_branch(void **state)
{
	struct repository made = { 0 };

	make(&made, *state);
	assert_int_equal(p_git_repository_set_head_detached(made.git, &made.id), 0);
	assert_null(strstr(recorded(&made, ""), ".branch="));
	assert_non_null(strstr(made.found, made.commit));
	done(&made);
}

static void a_branch_without_a_commit_is_named(void **state)
{
	struct repository made = { .box = *state };

	p_git_libgit2_init();
	assert_int_equal(p_git_repository_init(&made.git, made.box->source, 0), 0);
	folder_write(made.box->source, ".git/HEAD", "ref: refs/heads/main\n", 0644);
	assert_string_equal(recorded(&made, ""), "azureml.git.branch=main\n"
						 "mlflow.source.git.branch=main\n"
						 "azureml.git.dirty=False\n");
	done(&made);
}

static void the_branch_s_own_remote_is_the_one(void **state)
{
	struct repository made = { 0 };

	make(&made, *state);
	add_remote(made.box, "only", "/srv/only.git");
	assert_non_null(strstr(recorded(&made, ""), "repository_uri=/srv/only.git\n"));
	add_remote(made.box, "other", "/srv/other.git");
	assert_null(strstr(recorded(&made, ""), "repository_uri="));
	add_remote(made.box, "origin", "/srv/origin.git");
	assert_non_null(strstr(recorded(&made, ""), "repository_uri=/srv/origin.git\n"));
	configure(made.box, "[Branch \"topic/one\"]\n\tRemote = other\n"
			    "[branch \"topic\"]\n\tremote = only\n");
	assert_non_null(strstr(recorded(&made, ""), "repository_uri=/srv/other.git\n"));
	done(&made);
}

static void what_another_address_stands_for_is_recorded(void **state)
{
	struct repository made = { 0 };

	make(&made, *state);
	add_remote(made.box, "origin", "short:me/project.git");
	configure(made.box,
		  "[url \"https://me:s3cret@long.example.org/\"]\n\tinsteadOf = short:me/\n"
		  "[url \"https://other.example.org/\"]\n\tinsteadOf = short:\n"
		  "[url \"https://third.example.org/\"]\n\tinsteadOf = else:\n");
	assert_non_null(strstr(recorded(&made, ""),
			       "repository_uri=https://long.example.org/project.git\n"));
	done(&made);
}

static void hd_164_credentials_are_not_recorded_with_it(void **state)
{
	struct repository made = { 0 };

	make(&made, *state);
	add_remote(made.box, "origin", "https://me:s3cret@example.org/me/project.git");
	assert_non_null(strstr(recorded(&made, ""),
			       "azureml.git.repository_uri=https://example.org/me/project.git\n"));
	assert_null(strstr(made.found, "s3cret"));
	done(&made);
}

static void hd_164_credentials_are_stripped_from_addresses(void **state)
{
	static const struct {
		const char *url;
		const char *bare;
	} rows[] = {
		{ "https://me:token@host/a.git", "https://host/a.git" },
		{ "https://token@host/a.git", "https://host/a.git" },
		{ "https://me:p@ss@host:8443/a.git", "https://host:8443/a.git" },
		{ "HTTPS://token@host/a@b.git", "HTTPS://host/a@b.git" },
		{ "http://host/a.git?private_token=x", "http://host/a.git" },
		{ "https://host/a.git#token", "https://host/a.git" },
		{ "https://me:token@host", "https://host" },
		{ "https://host/a.git", "https://host/a.git" },
		{ "git@host:me/a.git", "git@host:me/a.git" },
		{ "ssh://git@host:22/a.git", "ssh://git@host:22/a.git" },
		{ "ssh://me:pass@host/a.git", "ssh://me@host/a.git" },
		{ "/srv/git/a@b.git", "/srv/git/a@b.git" },
		{ "file:///srv/a.git", "file:///srv/a.git" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *bare = hd_snapshot_git_url(rows[i].url);

		assert_non_null(bare);
		assert_string_equal(bare, rows[i].bare);
		free(bare);
	}
}

static void a_repository_of_another_user_is_no_failure(void **state)
{
	struct repository made = { 0 };
	char machine[4096];

	/* A machine may be told to trust every owner. */
	if (geteuid() != 0 || (folder_read("/etc", "gitconfig", machine, sizeof machine) > 0 &&
			       strstr(machine, "[safe]")))
		skip();
	make(&made, *state);
	assert_int_equal(chown(made.box->source, 4711, 4711), 0);
	assert_int_equal(chown(folder_path(made.box->source, ".git"), 4711, 4711), 0);
	assert_string_equal(recorded(&made, ""), "");
	done(&made);
}

#define UNIT(test) cmocka_unit_test_setup_teardown(test, snapbox_setup, snapbox_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(hd_163_a_repository_s_state_is_recorded),
		UNIT(hd_163_nothing_is_recorded_outside_of_a_repository),
		UNIT(hd_163_dirty_is_what_git_status_says_of_the_folder),
		UNIT(hd_163_a_detached_head_has_no_branch),
		UNIT(a_branch_without_a_commit_is_named),
		UNIT(the_branch_s_own_remote_is_the_one),
		UNIT(what_another_address_stands_for_is_recorded),
		UNIT(hd_164_credentials_are_not_recorded_with_it),
		UNIT(hd_164_credentials_are_stripped_from_addresses),
		UNIT(a_repository_of_another_user_is_no_failure),
	};

	/* No settings of whoever runs this. */
	setenv("HOME", "/nonexistent", 1);
	unsetenv("XDG_CONFIG_HOME");
	return cmocka_run_group_tests(tests, load, NULL);
}
