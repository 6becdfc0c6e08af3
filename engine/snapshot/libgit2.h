/*
 * libgit2, loaded when it is first needed: with what it brings along (TLS,
 * SSH, Kerberos) it doubles the time to start a process, and "hdrive log" is
 * started a thousand times where it is needed once (docs/design/0010).
 */
#ifndef HD_SNAPSHOT_LIBGIT2_H
#define HD_SNAPSHOT_LIBGIT2_H

#include <hdrive/error.h>

#include <git2.h>
#include <git2/sys/repository.h>

#define HD_GIT_FUNCTIONS(X)               \
	X(git_libgit2_init)               \
	X(git_libgit2_shutdown)           \
	X(git_error_last)                 \
	X(git_repository_new)             \
	X(git_repository_set_config)      \
	X(git_repository_free)            \
	X(git_repository_open_ext)        \
	X(git_repository_workdir)         \
	X(git_config_new)                 \
	X(git_config_iterator_new)        \
	X(git_config_next)                \
	X(git_config_iterator_free)       \
	X(git_config_free)                \
	X(git_repository_config_snapshot) \
	X(git_ignore_add_rule)            \
	X(git_ignore_path_is_ignored)     \
	X(git_reference_lookup)           \
	X(git_reference_symbolic_target)  \
	X(git_reference_name_to_id)       \
	X(git_reference_free)             \
	X(git_oid_tostr)                  \
	X(git_status_list_new)            \
	X(git_status_list_entrycount)     \
	X(git_status_list_free)

#define HD_GIT_MEMBER(name) __typeof__(name) *name;
struct hd_git {
	HD_GIT_FUNCTIONS(HD_GIT_MEMBER)
};
#undef HD_GIT_MEMBER

/*
 * Load it, and start it up; hd_git_close for each time that this gave one.
 * NULL, with ERR, when it is not there.
 */
const struct hd_git *hd_git_open(struct hd_error *err);
void hd_git_close(const struct hd_git *git);

#endif
