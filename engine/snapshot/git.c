/*
 * What git says of a source folder, by the names that Azure and MLflow have
 * for it (SPEC 8). Nothing of it is worth a failure: a repository that is
 * broken, or another user's, has no properties.
 */
#include "snapshot/libgit2.h"
#include "snapshot/private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct properties {
	const struct hd_git *git;
	git_repository *repository;
	const char *source;
	char *branch; /* NULL for a detached head */
	hd_snapshot_git_fn fn;
	void *user;
};

/* --- the address ------------------------------------------------------------------------- */

static bool scheme_is(const char *url, const char *name)
{
	size_t length = strlen(name);

	/* In any case, and without a locale. */
	for (size_t i = 0; i < length; i++)
		if ((url[i] | 0x20) != name[i])
			return false;
	return !strncmp(url + length, "://", 3);
}

/*
 * Of a web address all that stands before the '@' goes, and what follows a
 * '?' or '#'; of others, where a name alone is no secret, the password.
 */
char *hd_snapshot_git_url(const char *url)
{
	bool web = scheme_is(url, "http") || scheme_is(url, "https");
	const char *host = strstr(url, "://");
	const char *at = NULL, *end, *colon;
	struct hd_buf out = HD_BUF_INIT;

	if (!host)
		return strdup(url); /* git@host:path, or a folder */
	host += 3;
	end = host + strcspn(host, "/?#");
	for (const char *c = host; c < end; c++)
		if (*c == '@')
			at = c;
	hd_buf_add(&out, url, (size_t)(host - url));
	if (at && !web) {
		colon = memchr(host, ':', (size_t)(at - host));
		hd_buf_add(&out, host, (size_t)((colon ? colon : at) - host));
		hd_buf_putc(&out, '@');
	}
	host = at ? at + 1 : host;
	hd_buf_add(&out, host, web ? strcspn(host, "?#") : strlen(host));
	return hd_buf_take(&out);
}

/* --- properties --------------------------------------------------------------------------- */

static int tell(const struct properties *all, const char *azure, const char *mlflow,
		const char *value)
{
	int rc = all->fn(all->user, azure, value);

	return rc || !mlflow ? rc : all->fn(all->user, mlflow, value);
}

/* --- the remote --------------------------------------------------------------------------- */

/*
 * Read off the configuration entry by entry: libgit2's own look for a remote
 * matches patterns, and versions of it lose 20 KB with each entry that it
 * matches (1.5.1 with PCRE2).
 */
struct remote {
	const char *branch; /* NULL for none */
	char *of_branch;    /* the branch's own */
	char *last;
	size_t count;
	bool has_origin;
	const char *name; /* the one that it is */
	char *url;
	size_t instead; /* length of the longest prefix that another stands for */
	char *base;     /* ... which is this one */
};

/* The part of NAME between "SECTION." and ".KEY", as *PART; or false. */
static bool entry_is(const char *name, const char *section, const char *key, const char **part,
		     size_t *length)
{
	size_t whole = strlen(name), before = strlen(section) + 1, behind = strlen(key) + 1;

	if (whole < before + behind || strncmp(name, section, before - 1) ||
	    name[before - 1] != '.' || name[whole - behind] != '.' ||
	    strcmp(name + whole - behind + 1, key))
		return false;
	*part = name + before;
	*length = whole - before - behind;
	return true;
}

static bool part_is(const char *part, size_t length, const char *text)
{
	return text && strlen(text) == length && !memcmp(part, text, length);
}

static void text_set(char **text, const char *from, size_t length)
{
	free(*text);
	*text = strndup(from, length);
}

static void see_names(struct remote *remote, const char *name, const char *value)
{
	const char *part;
	size_t length;

	if (entry_is(name, "branch", "remote", &part, &length) &&
	    part_is(part, length, remote->branch))
		text_set(&remote->of_branch, value, strlen(value));
	if (!entry_is(name, "remote", "url", &part, &length) ||
	    part_is(part, length, remote->last))
		return;
	remote->has_origin = remote->has_origin || part_is(part, length, "origin");
	text_set(&remote->last, part, length);
	remote->count++;
}

/* The first of several addresses is the one to fetch from. */
static void see_url(struct remote *remote, const char *name, const char *value)
{
	const char *part;
	size_t length;

	if (!remote->url && entry_is(name, "remote", "url", &part, &length) &&
	    part_is(part, length, remote->name))
		text_set(&remote->url, value, strlen(value));
}

static void see_instead(struct remote *remote, const char *name, const char *value)
{
	size_t prefix = strlen(value), length;
	const char *part;

	if (!entry_is(name, "url", "insteadof", &part, &length) || prefix <= remote->instead ||
	    strncmp(remote->url, value, prefix))
		return;
	remote->instead = prefix;
	text_set(&remote->base, part, length);
}

static void config_walk(const struct hd_git *git, const git_config *config,
			struct remote *remote,
			void (*see)(struct remote *remote, const char *name, const char *value))
{
	git_config_iterator *entries = NULL;
	git_config_entry *entry;

	if (git->git_config_iterator_new(&entries, config) < 0)
		return;
	while (git->git_config_next(&entry, entries) == 0)
		if (entry->value)
			see(remote, entry->name, entry->value);
	git->git_config_iterator_free(entries);
}

/* The branch's own remote, else origin, else the only one: as git does. */
static void remote_find(const struct hd_git *git, const git_config *config,
			struct remote *remote)
{
	config_walk(git, config, remote, see_names);
	remote->name = remote->of_branch    ? remote->of_branch
		       : remote->has_origin ? "origin"
		       : remote->count == 1 ? remote->last
					    : NULL;
	if (remote->name)
		config_walk(git, config, remote, see_url);
	if (remote->url)
		config_walk(git, config, remote, see_instead);
}

static int tell_remote(const struct properties *all)
{
	struct remote remote = { .branch = all->branch };
	git_config *config = NULL;
	struct hd_buf url = HD_BUF_INIT;
	char *bare = NULL;
	int rc = 0;

	if (all->git->git_repository_config_snapshot(&config, all->repository) < 0)
		return 0;
	remote_find(all->git, config, &remote);
	all->git->git_config_free(config);
	if (remote.url) {
		if (remote.instead && remote.base)
			hd_buf_puts(&url, remote.base);
		hd_buf_puts(&url, remote.url + (remote.base ? remote.instead : 0));
		bare = hd_snapshot_git_url(hd_buf_text(&url));
	}
	if (bare)
		rc = tell(all, "azureml.git.repository_uri", "mlflow.source.git.repoURL", bare);
	free(bare);
	hd_buf_release(&url);
	free(remote.of_branch);
	free(remote.last);
	free(remote.url);
	free(remote.base);
	return rc;
}

/* --- the rest ------------------------------------------------------------------------------ */

/* Also a branch that has no commit yet. */
static char *branch_find(const struct properties *all)
{
	static const char heads[] = "refs/heads/";
	git_reference *head = NULL;
	const char *target;
	char *branch = NULL;

	if (all->git->git_reference_lookup(&head, all->repository, "HEAD") < 0)
		return NULL;
	target = all->git->git_reference_symbolic_target(head);
	if (target && !strncmp(target, heads, strlen(heads)))
		branch = strdup(target + strlen(heads));
	all->git->git_reference_free(head);
	return branch;
}

static int tell_commit(const struct properties *all)
{
	char text[GIT_OID_HEXSZ + 1];
	git_oid commit;

	if (all->git->git_reference_name_to_id(&commit, all->repository, "HEAD") < 0)
		return 0;
	all->git->git_oid_tostr(text, sizeof text, &commit);
	return tell(all, "azureml.git.commit", "mlflow.source.git.commit", text);
}

/* The source from the top of the repository on; NULL when it is not in it. */
static char *path_inside(const struct properties *all)
{
	const char *top = all->git->git_repository_workdir(all->repository);
	char *folder = top ? strdup(top) : NULL;
	size_t length = folder ? strlen(folder) : 0;
	char *inside = NULL;

	if (length > 1 && folder[length - 1] == '/')
		folder[length - 1] = '\0';
	if (folder)
		inside = hd_snapshot_path(folder, all->source);
	free(folder);
	return inside;
}

/* As git status --porcelain says of the folder: also what it does not know. */
static int tell_dirty(const struct properties *all)
{
	git_status_options options = { .version = GIT_STATUS_OPTIONS_VERSION };
	git_status_list *list = NULL;
	char *inside = path_inside(all);
	int rc;

	if (!inside)
		return 0;
	options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
	options.pathspec.strings = &inside;
	options.pathspec.count = *inside ? 1 : 0;
	rc = all->git->git_status_list_new(&list, all->repository, &options);
	free(inside);
	if (rc < 0)
		return 0;
	rc = all->git->git_status_list_entrycount(list) > 0;
	all->git->git_status_list_free(list);
	return tell(all, "azureml.git.dirty", NULL, rc ? "True" : "False");
}

/* --- the repository ------------------------------------------------------------------------ */

/* A look for ".git" costs less than to load what could read it. */
static bool is_in_repository(const char *source)
{
	char *path = strdup(source);
	struct hd_buf git = HD_BUF_INIT;
	bool is = false;

	while (path && !is) {
		char *slash;

		hd_buf_clear(&git);
		hd_buf_printf(&git, "%s/.git", path);
		is = !hd_buf_failed(&git) && access(hd_buf_text(&git), F_OK) == 0;
		slash = strrchr(path, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	hd_buf_release(&git);
	free(path);
	return is;
}

static int tell_all(struct properties *all)
{
	int rc = 0;

	all->branch = branch_find(all);
	rc = tell_remote(all);
	if (rc == 0 && all->branch)
		rc = tell(all, "azureml.git.branch", "mlflow.source.git.branch", all->branch);
	if (rc == 0)
		rc = tell_commit(all);
	if (rc == 0)
		rc = tell_dirty(all);
	free(all->branch);
	return rc;
}

int hd_snapshot_git(const char *source, hd_snapshot_git_fn fn, void *user)
{
	struct properties all = { .source = source, .fn = fn, .user = user };
	int rc = 0;

	if (!is_in_repository(source))
		return 0;
	all.git = hd_git_open(NULL);
	if (!all.git)
		return 0;
	if (all.git->git_repository_open_ext(&all.repository, source, 0, NULL) == 0)
		rc = tell_all(&all);
	if (all.repository)
		all.git->git_repository_free(all.repository);
	hd_git_close(all.git);
	return rc;
}
