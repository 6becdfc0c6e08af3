/*
 * What the files of a snapshot share: its entries, and what each file does in
 * taking one. walk.c finds the entries, ignore.c says which are left out,
 * cache.c and object.c turn files into hashes, tree.c puts all under one name.
 */
#ifndef HD_SNAPSHOT_PRIVATE_H
#define HD_SNAPSHOT_PRIVATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "snapshot/snapshot.h"

#include <sys/stat.h>

#define HD_SNAPSHOT_OBJECTS "objects"
#define HD_SNAPSHOT_LOCK "lock"
#define HD_SNAPSHOT_PART "part-"
#define HD_SNAPSHOT_CACHE "cache-"
/* 2000-01-01 in UTC: the time of every file in a snapshot. */
#define HD_SNAPSHOT_TIME 946684800
#define HD_SNAPSHOT_HASH 32

/* What tells, without reading it, that a file is the one it was. */
struct hd_snapshot_key {
	uint64_t device;
	uint64_t inode;
	uint64_t size;
	int64_t modified; /* nanoseconds */
	int64_t changed;  /* likewise: nobody can set it */
};

enum hd_snapshot_kind {
	HD_SNAPSHOT_FILE = 'f',
	HD_SNAPSHOT_PROGRAM = 'x', /* a file that may be run */
	HD_SNAPSHOT_LINK = 'l',
	HD_SNAPSHOT_DIR = 'd',
};

struct hd_snapshot_entry {
	enum hd_snapshot_kind kind;
	bool hashed;
	bool settled;       /* its key may be kept: see cache.c */
	size_t part;        /* number of its new copy, from 1; 0 for none */
	const char *path;   /* from the source on */
	const char *target; /* of a link */
	struct hd_snapshot_key key;
	uint8_t hash[HD_SNAPSHOT_HASH];
};

struct hd_snapshot_cache;
struct hd_git;

struct hd_snapshot {
	const struct hd_snapshot_setup *setup; /* while it is taken */
	struct hd_arena *arena;
	struct hd_snapshot_entry *entries;
	size_t count;
	size_t room;
	struct hd_snapshot_note *notes;
	size_t note_count;
	size_t files;
	uint64_t bytes;
	size_t read; /* files that were copied */
	char id[HD_SNAPSHOT_ID_SIZE];

	int lock;    /* -1, as all descriptors here */
	int base;    /* .snapshots */
	int objects; /* .snapshots/objects */
	int source;
	int part;      /* of this one, made when it is needed */
	char name[32]; /* of part */
	struct hd_snapshot_cache *cache;
	const struct hd_git *git; /* once there are rules: its start is slow */
};

/* walk.c: fill the entries, sorted by path. */
int hd_snapshot_walk(struct hd_snapshot *snapshot, struct hd_error *err);
struct hd_snapshot_key hd_snapshot_key(const struct stat *info);
/* Remember that PATH was left out; a note too many is no error. */
int hd_snapshot_add_note(struct hd_snapshot *snapshot, enum hd_snapshot_why why,
			 const char *path, bool folder, const char *rules);

/* ignore.c: the rules of one folder. */
struct hd_ignore;
/*
 * Those of the folder open at FOLDER, whose path from the source on is PATH
 * with a slash at its end, or "". *OUT stays NULL when it has none.
 */
int hd_ignore_open(struct hd_ignore **out, int folder, const char *path,
		   struct hd_ignore *above, struct hd_error *err);
void hd_ignore_close(struct hd_ignore *ignore);
/*
 * 1 when PATH, from the source on, is left out by IGNORE or what is above it,
 * with *RULES the file that says so, borrowed; 0 when it is not.
 */
int hd_ignore_asks(struct hd_ignore *ignore, const char *path, bool folder,
		   const char **rules, struct hd_error *err);

/* cache.c */
int hd_snapshot_cache_open(struct hd_snapshot *snapshot, struct hd_error *err);
void hd_snapshot_cache_close(struct hd_snapshot *snapshot);
/* Whether ENTRY's hash is known; sets it. */
bool hd_snapshot_cache_find(const struct hd_snapshot *snapshot,
			    struct hd_snapshot_entry *entry);
/* Keep what is known now. That it cannot is no error: it is read again. */
void hd_snapshot_cache_write(const struct hd_snapshot *snapshot);

/* object.c: files to hashes and copies. */
int hd_snapshot_hash_files(struct hd_snapshot *snapshot, struct hd_error *err);
/* The file of HASH in objects/; "x" behind it when it may be run. */
void hd_snapshot_object_name(const struct hd_snapshot_entry *entry, char name[72]);
/* Give new copies their names in objects/. */
int hd_snapshot_keep_files(struct hd_snapshot *snapshot, struct hd_error *err);
/* The folder for what is new, once. */
int hd_snapshot_part(struct hd_snapshot *snapshot, struct hd_error *err);
/* A file of a snapshot that nothing has written to. */
bool hd_snapshot_is_intact(const struct stat *info,
			   const struct hd_snapshot_entry *entry);
/* Copy ENTRY's object to the new file NAME of AT, for want of links. */
int hd_snapshot_copy_object(struct hd_snapshot *snapshot,
			    const struct hd_snapshot_entry *entry, int at,
			    const char *name);

/* tree.c */
void hd_snapshot_name_it(struct hd_snapshot *snapshot);
int hd_snapshot_tree(struct hd_snapshot *snapshot, struct hd_error *err);

/* stock.c: remove what takers that died left; nobody else may be here. */
void hd_snapshot_clean(int base);
/* Remove the entry NAME of AT with all below it. */
void hd_snapshot_remove(int at, const char *name);

/* TEXT becomes LENGTH bytes in hexadecimal, terminated. */
void hd_snapshot_hex(const uint8_t *bytes, size_t length, char *text);

#endif
