#include "snapshot/libgit2.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

/* Its file, as the linker knew it when this was built. */
#ifndef HD_LIBGIT2
#define HD_LIBGIT2 "libgit2.so"
#endif

static bool git_load(struct hd_git *git, void *library)
{
	bool all = true;

#define LOAD(name)                                    \
	*(void **)&git->name = dlsym(library, #name); \
	all = all && git->name;
	HD_GIT_FUNCTIONS(LOAD)
#undef LOAD
	return all;
}

const struct hd_git *hd_git_open(struct hd_error *err)
{
	/* Never unloaded: libraries below it leave handlers for the exit. */
	static struct hd_git git;
	static bool loaded;
	void *library;

	if (!loaded) {
		library = dlopen(HD_LIBGIT2, RTLD_NOW | RTLD_LOCAL);
		if (!library) {
			hd_error_set(err, HD_ENOENT,
				     "cannot load libgit2, which reads .gitignore and "
				     ".amlignore: %s",
				     dlerror());
			return NULL;
		}
		if (!git_load(&git, library)) {
			hd_error_set(err, HD_EVERSION,
				     "'%s' lacks functions that hdrive was built with",
				     HD_LIBGIT2);
			return NULL;
		}
		loaded = true;
	}
	if (git.git_libgit2_init() < 0) {
		hd_error_set(err, HD_EIO, "libgit2 cannot start");
		return NULL;
	}
	return &git;
}

void hd_git_close(const struct hd_git *git)
{
	if (git)
		git->git_libgit2_shutdown();
}
