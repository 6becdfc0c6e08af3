/*
 * What a sweep's trials run in: a snapshot of the source folder, or the source
 * itself when none is wanted; and what git says of it.
 *
 * A trial's work/ links to the snapshot's entries by a link in the sweep's
 * folder, "source": targets stay so short that the file system keeps them in
 * the inode, and the store's folder may be moved as a whole.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "base/file.h"
#include "store/origin.h"
#include "store/remove.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the snapshot ----------------------------------------------------------------- */

/* The store's own files, and sweeps' folders beside it. */
static bool is_ours(void *user, const char *name)
{
	const struct hd_sweep *sweep = user;
	const char *path = hd_store_path(sweep->store);
	const char *slash = strrchr(path, '/');
	const char *file = slash ? slash + 1 : path;
	size_t length = strlen(file);
	bool has = false;

	if (!strncmp(name, file, length) && (!name[length] || name[length] == '-'))
		return true;
	return hd_store_has_sweep(sweep->store, name, &has, NULL) == 0 && has;
}

/* The program's file from the source on, when it is named by a path in it. */
static char *program_path(const struct hd_sweep *sweep, const struct hd_program *program)
{
	if (program->shell || program->word_count == 0 || !strchr(program->words[0], '/'))
		return NULL;
	return hd_snapshot_path(sweep->source, program->words[0]);
}

/* A link is not: what it leads to would miss what lies beside. */
static bool is_plain_file(const struct hd_sweep *sweep, const char *path)
{
	struct hd_buf whole = HD_BUF_INIT;
	struct stat info;
	bool is;

	hd_buf_printf(&whole, "%s/%s", sweep->source, path);
	is = !hd_buf_failed(&whole) && lstat(hd_buf_text(&whole), &info) == 0 &&
	     S_ISREG(info.st_mode);
	hd_buf_release(&whole);
	return is;
}

static int source_snapshot(struct hd_sweep *sweep, const struct hd_sweep_options *options,
			   const char *keep, struct hd_error *err)
{
	const struct hd_snapshot_setup setup = {
		.source = sweep->source,
		.store = hd_store_folder(sweep->store),
		.is_ours = is_ours,
		.user = sweep,
		.ground = hd_sweep_ground(sweep),
		.bytes_most = options->snapshot_bytes ? options->snapshot_bytes
						      : HD_SNAPSHOT_BYTES,
		.files_most = options->snapshot_files ? options->snapshot_files
						      : HD_SNAPSHOT_FILES,
		.keep = keep && is_plain_file(sweep, keep) ? keep : NULL,
	};
	int rc = hd_snapshot_take(&sweep->snapshot, &setup, err);

	if (rc < 0)
		return rc;
	strcpy(sweep->snapshot_id, hd_snapshot_id(sweep->snapshot));
	sweep->tree = hd_snapshot_folder(setup.store, sweep->snapshot_id);
	return sweep->tree ? 0 : hd_error_nomem(err);
}

/*
 * A program that is a link and that rules leave out, as a virtual environment's
 * python is: it works from where it lies alone.
 */
static int source_move_program(struct hd_sweep *sweep, struct hd_program *program,
			       const char *path, struct hd_error *err)
{
	struct hd_buf moved = HD_BUF_INIT;

	if (!path || *program->words[0] == '/' || !hd_snapshot_left_out(sweep->snapshot, path))
		return 0;
	hd_buf_printf(&moved, "%s/%s", sweep->source, path);
	sweep->moved_program = hd_buf_take(&moved);
	sweep->moved_words = calloc(program->word_count + 1, sizeof *sweep->moved_words);
	if (!sweep->moved_program || !sweep->moved_words)
		return hd_error_nomem(err);
	memcpy(sweep->moved_words, program->words,
	       program->word_count * sizeof *sweep->moved_words);
	sweep->moved_words[0] = sweep->moved_program;
	program->words = sweep->moved_words;
	return 0;
}

/* --- git ------------------------------------------------------------------------------ */

static int add_property(void *user, const char *name, const char *value)
{
	struct hd_sweep *sweep = user;
	size_t size = (sweep->property_count + 1) * sizeof *sweep->properties;
	struct hd_said_row *rows = realloc(sweep->properties, size);
	struct hd_said_row *row;

	if (!rows)
		return HD_ENOMEM;
	sweep->properties = rows;
	row = &rows[sweep->property_count];
	*row = (struct hd_said_row){ .trial = HD_SAID_OF_SWEEP,
				     .child = "",
				     .kind = HD_SAID_PROPERTY,
				     .name = strdup(name),
				     .value = strdup(value),
				     .time = sweep->started };
	sweep->property_count++;
	return row->name && row->value ? 0 : HD_ENOMEM;
}

/* --- taking them --------------------------------------------------------------------- */

int hd_sweep_take_source(struct hd_sweep *sweep,
			 const struct hd_sweep_options *options,
			 struct hd_program *program, struct hd_error *err)
{
	const char *source = options->source ? options->source : program->source;
	char *path = NULL;
	int rc = 0;

	if (!source)
		source = ".";
	sweep->source = realpath(source, NULL);
	if (!sweep->source)
		return hd_error_errno(err, errno, "cannot use the folder '%s'", source);
	if (!options->no_snapshot) {
		path = program_path(sweep, program);
		rc = source_snapshot(sweep, options, path, err);
		if (rc == 0)
			rc = source_move_program(sweep, program, path, err);
	}
	if (rc == 0 && hd_snapshot_git(sweep->source, add_property, sweep) < 0)
		rc = hd_error_nomem(err);
	free(path);
	return rc;
}

int hd_sweep_retake_source(struct hd_sweep *sweep, const char *source,
			   const char *snapshot, struct hd_error *err)
{
	if (!*snapshot) {
		sweep->source = sweep->starts_nothing ? strdup(source)
						      : realpath(source, NULL);
		if (sweep->source)
			return 0;
		return hd_error_set(err, HD_ENOENT,
				    "the folder '%s' that sweep '%s' ran in is not there",
				    source, sweep->name);
	}
	if (!hd_snapshot_is_id(snapshot))
		return hd_error_set(err, HD_ECORRUPT,
				    "sweep '%s' has '%.70s' for a snapshot, which is none",
				    sweep->name, snapshot);
	strcpy(sweep->snapshot_id, snapshot);
	/* The source may be gone: nothing of it is needed any more. */
	sweep->source = strdup(source);
	sweep->tree = hd_snapshot_folder(hd_store_folder(sweep->store), snapshot);
	return sweep->source && sweep->tree ? 0 : hd_error_nomem(err);
}

void hd_sweep_settle_source(struct hd_sweep *sweep)
{
	if (sweep->snapshot)
		hd_snapshot_settle(sweep->snapshot);
}

/* Whether the sweep's folder lies beside the store, as its snapshot does. */
static bool is_beside(const struct hd_sweep *sweep)
{
	const char *store = hd_store_folder(sweep->store);
	const char *slash = strrchr(sweep->folder, '/');
	size_t length = slash ? (size_t)(slash - sweep->folder) : 0;

	return strlen(store) == length && strncmp(store, sweep->folder, length) == 0;
}

/*
 * A copy of the snapshot at LINK, for places that do not see the store's; whole
 * or not there. Of a sweep's own, so that it goes when the sweep does.
 */
static int source_copy(const struct hd_sweep *sweep, const char *link,
		       struct hd_error *err)
{
	struct hd_buf part = HD_BUF_INIT;
	int rc;

	if (access(link, F_OK) == 0)
		return 0;
	hd_buf_printf(&part, "%s.part", link);
	if (hd_buf_failed(&part))
		return hd_error_nomem(err);
	hd_file_remove(hd_buf_text(&part)); /* of an engine that was killed */
	rc = hd_file_copy(sweep->tree, hd_buf_text(&part), err);
	if (rc == 0 && rename(hd_buf_text(&part), link) < 0)
		rc = hd_error_errno(err, errno, "cannot make '%s'", link);
	if (rc < 0)
		hd_file_remove(hd_buf_text(&part));
	hd_buf_release(&part);
	return rc;
}

static int source_link(const struct hd_sweep *sweep, const char *link,
		       struct hd_error *err)
{
	struct hd_buf target = HD_BUF_INIT;
	int rc = 0;

	hd_buf_printf(&target, "../%s/%s", HD_SNAPSHOT_FOLDER, sweep->snapshot_id);
	if (hd_buf_failed(&target))
		rc = hd_error_nomem(err);
	else if (symlink(hd_buf_text(&target), link) < 0 && errno != EEXIST)
		rc = hd_error_errno(err, errno, "cannot make '%s'", link);
	hd_buf_release(&target);
	return rc;
}

int hd_sweep_link_source(const struct hd_sweep *sweep, struct hd_error *err)
{
	struct hd_buf link = HD_BUF_INIT;
	int rc;

	if (!sweep->tree)
		return 0;
	if (!hd_snapshot_is_there(hd_store_folder(sweep->store), sweep->snapshot_id))
		return hd_error_set(err, HD_ENOENT,
				    "the snapshot that sweep '%s' runs in is gone: there is no "
				    "folder '%s'",
				    sweep->name, sweep->tree);
	hd_buf_printf(&link, "%s/%s", sweep->folder, HD_SWEEP_SOURCE);
	if (hd_buf_failed(&link))
		rc = hd_error_nomem(err);
	else
		rc = is_beside(sweep) ? source_link(sweep, hd_buf_text(&link), err)
				      : source_copy(sweep, hd_buf_text(&link), err);
	hd_buf_release(&link);
	return rc;
}

void hd_sweep_release_source(struct hd_sweep *sweep)
{
	hd_snapshot_close(sweep->snapshot);
	for (size_t i = 0; i < sweep->property_count; i++) {
		free((char *)sweep->properties[i].name);
		free((char *)sweep->properties[i].value);
	}
	free(sweep->properties);
	free(sweep->moved_program);
	free(sweep->moved_words);
	free(sweep->source);
	free(sweep->tree);
}

/* --- what a person should know -------------------------------------------------------- */

static void tell(struct hd_sweep *sweep, int64_t now, struct hd_buf *text)
{
	if (text->length && !hd_buf_failed(text))
		hd_core_tell(sweep->core, HD_EVENT_NOTE, now, hd_buf_text(text));
	hd_buf_clear(text);
}

static void say_left_out(struct hd_buf *text, const struct hd_snapshot_note *note)
{
	hd_buf_printf(text, "'%s%s' is left out of the snapshot by '%s'", note->path,
		      note->folder ? "/" : "", note->rules);
}

/* A word of the command, or what stands behind its '=', that names such a file. */
static const struct hd_snapshot_note *word_left_out(const struct hd_sweep *sweep,
						    const char *word)
{
	const char *equals = strchr(word, '=');
	const struct hd_snapshot_note *note = NULL;
	char *path;

	/* A full path leads to the source as it is. */
	if (*word && *word != '/') {
		path = hd_snapshot_path(sweep->source, word);
		note = path && *path ? hd_snapshot_left_out(sweep->snapshot, path) : NULL;
		free(path);
	}
	if (!note && equals)
		return word_left_out(sweep, equals + 1);
	return note && note->why == HD_SNAPSHOT_IGNORED ? note : NULL;
}

static void tell_words(struct hd_sweep *sweep, int64_t now, struct hd_buf *text)
{
	const struct hd_program *program = sweep->program;

	for (size_t i = 0; !program->shell && i < program->word_count; i++) {
		const struct hd_snapshot_note *note = word_left_out(sweep, program->words[i]);

		if (!note)
			continue;
		say_left_out(text, note);
		hd_buf_printf(text,
			      ", so that '%s' is not there for trials: give its full path, or "
			      "run with --no-snapshot",
			      program->words[i]);
		tell(sweep, now, text);
	}
}

/* The first few of what changed. */
#define CHANGED_TOLD 3
#define CHANGED_MOST 100

struct changed {
	struct hd_buf text;
	size_t count;
};

static int add_changed(void *user, const char *path)
{
	struct changed *changed = user;

	if (changed->count < CHANGED_TOLD)
		hd_buf_printf(&changed->text, "%s'%s'", changed->count ? ", " : "", path);
	changed->count++;
	return changed->count == CHANGED_MOST;
}

/* Who submits the sweep again may believe that it takes what was edited since. */
static void tell_changed(struct hd_sweep *sweep, int64_t now)
{
	struct changed changed = { .text = HD_BUF_INIT };

	if (hd_snapshot_changed(sweep->tree, sweep->source, add_changed, &changed) >= 0 &&
	    changed.count > 0) {
		if (changed.count > CHANGED_TOLD)
			hd_buf_puts(&changed.text, ", ...");
		hd_buf_puts(&changed.text, changed.count > 1 ? " have" : " has");
		hd_buf_puts(&changed.text,
			    " changed since this sweep was submitted: its trials run what was "
			    "submitted then");
		tell(sweep, now, &changed.text);
	}
	hd_buf_release(&changed.text);
}

void hd_sweep_tell_source(struct hd_sweep *sweep, int64_t now)
{
	struct hd_buf text = HD_BUF_INIT;

	if (sweep->by_name && sweep->tree)
		tell_changed(sweep, now);
	if (!sweep->snapshot)
		return;
	if (sweep->moved_program) {
		hd_buf_printf(&text,
			      "the program is left out of the snapshot: it runs from where it "
			      "lies, '%s'",
			      sweep->moved_program);
		tell(sweep, now, &text);
	}
	for (size_t i = 0; i < hd_snapshot_notes(sweep->snapshot); i++) {
		const struct hd_snapshot_note *note = hd_snapshot_note(sweep->snapshot, i);

		if (note->why == HD_SNAPSHOT_SPECIAL)
			hd_buf_printf(&text,
				      "'%s' is neither file, folder nor link: the snapshot is "
				      "without it",
				      note->path);
		else if (note->why == HD_SNAPSHOT_MOVING)
			hd_buf_printf(&text,
				      "'%s' was being written to: the snapshot has it as it was "
				      "at some instant",
				      note->path);
		tell(sweep, now, &text);
	}
	tell_words(sweep, now, &text);
	hd_buf_release(&text);
}

static bool is_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '-' || c == '.';
}

/* Whether TEXT names PATH, and not something that has it within its name. */
static bool names(const char *text, const char *path)
{
	size_t length = strlen(path);

	for (const char *at = text; (at = strstr(at, path)); at++) {
		bool dotted = at >= text + 2 && at[-1] == '/' && at[-2] == '.';

		if ((at == text || dotted || (!is_of_word(at[-1]) && at[-1] != '/')) &&
		    !is_of_word(at[length]))
			return true;
	}
	return false;
}

static void hint_missing(const struct hd_snapshot *snapshot, const char *tail,
			 struct hd_buf *text)
{
	for (size_t i = 0; i < hd_snapshot_notes(snapshot); i++) {
		const struct hd_snapshot_note *note = hd_snapshot_note(snapshot, i);

		if (note->why != HD_SNAPSHOT_IGNORED || !names(tail, note->path))
			continue;
		say_left_out(text, note);
		hd_buf_puts(text, ", which may be what failed: give the program its full path, "
				  "take the rule away, or run with --no-snapshot");
		return;
	}
}

static void hint_read_only(const struct hd_snapshot *snapshot, const char *tail,
			   struct hd_buf *text)
{
	const char *path;
	size_t at = 0;

	while ((path = hd_snapshot_file(snapshot, &at))) {
		if (!names(tail, path))
			continue;
		hd_buf_printf(text,
			      "'%s' is a file of the snapshot and read-only, which may be what "
			      "failed: leave it out by a line in .amlignore, and the program "
			      "makes one of its own",
			      path);
		return;
	}
}

void hd_sweep_hint_source(void *user, const char *tail, struct hd_buf *text)
{
	const struct hd_sweep *sweep = user;

	/* As the C library, Python, Java and shells have it. */
	if (sweep->snapshot && (strstr(tail, "o such file") || strstr(tail, "not found") ||
				strstr(tail, "not exist")))
		hint_missing(sweep->snapshot, tail, text);
	else if (sweep->snapshot && strstr(tail, "ermission denied"))
		hint_read_only(sweep->snapshot, tail, text);
}
