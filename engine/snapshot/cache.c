/*
 * What the files of a source hashed to, by device, inode, size and the two
 * times that a change of content sets: so a second submit reads no file.
 *
 * A file whose time is not older than two seconds when it is read is not
 * kept: a change right after might leave it the same time (the coarsest file
 * systems count in two seconds). A cache that is cut off or was written to has
 * another hash than its last line says, and is as good as none.
 */
#include "snapshot/private.h"

#include <nettle/sha2.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CACHE_HEAD "hdrive snapshot cache 1\n"
#define CACHE_END "end "
#define CACHE_MOST (256 << 20) /* bytes: beyond that it is not ours */

struct known {
	struct hd_snapshot_key key;
	uint8_t hash[HD_SNAPSHOT_HASH];
};

struct hd_snapshot_cache {
	struct known *known; /* sorted by inode */
	size_t count;
	char name[40];
};

void hd_snapshot_hex(const uint8_t *bytes, size_t length, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = '\0';
}

/* 16 for what is no digit. */
static unsigned digit_read(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
	       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
				      : 16;
}

static bool hash_read(const char *text, uint8_t hash[HD_SNAPSHOT_HASH])
{
	for (size_t i = 0; i < HD_SNAPSHOT_HASH; i++) {
		unsigned high = digit_read(text[2 * i]), low = digit_read(text[2 * i + 1]);

		if (high == 16 || low == 16)
			return false;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void text_hash(const char *text, size_t length, char hex[65])
{
	struct sha256_ctx sha;
	uint8_t hash[SHA256_DIGEST_SIZE];

	sha256_init(&sha);
	sha256_update(&sha, length, (const uint8_t *)text);
	sha256_digest(&sha, sizeof hash, hash);
	hd_snapshot_hex(hash, sizeof hash, hex);
}

/* --- reading ------------------------------------------------------------------------------- */

static int by_inode(const void *a, const void *b)
{
	const struct hd_snapshot_key *one = &((const struct known *)a)->key;
	const struct hd_snapshot_key *other = &((const struct known *)b)->key;

	return (one->inode > other->inode) - (one->inode < other->inode);
}

/* A line, which ends at END. */
static bool line_read(const char *line, const char *end, struct known *known)
{
	struct hd_snapshot_key *key = &known->key;
	char *at = (char *)line;

	key->device = strtoull(at, &at, 16);
	key->inode = strtoull(at, &at, 16);
	key->size = strtoull(at, &at, 16);
	key->modified = strtoll(at, &at, 16);
	key->changed = strtoll(at, &at, 16);
	return *at == ' ' && end - at == 1 + 2 * HD_SNAPSHOT_HASH &&
	       hash_read(at + 1, known->hash);
}

/* The text is whole: the last line is the hash of all before. */
static size_t cache_body(const char *text, size_t length)
{
	const size_t tail = strlen(CACHE_END) + 2 * HD_SNAPSHOT_HASH + 1;
	char hex[65];

	if (length < strlen(CACHE_HEAD) + tail ||
	    strncmp(text, CACHE_HEAD, strlen(CACHE_HEAD)) ||
	    strncmp(text + length - tail, CACHE_END, strlen(CACHE_END)))
		return 0;
	text_hash(text, length - tail, hex);
	return strncmp(text + length - tail + strlen(CACHE_END), hex, 2 * HD_SNAPSHOT_HASH)
		       ? 0
		       : length - tail;
}

static int cache_parse(struct hd_snapshot_cache *cache, const char *text,
		       size_t length)
{
	size_t body = cache_body(text, length), lines = 0;
	const char *at = text + strlen(CACHE_HEAD), *end = text + body;

	for (const char *c = text; c < end; c++)
		lines += *c == '\n';
	if (lines < 2)
		return 0;
	cache->known = calloc(lines, sizeof *cache->known);
	if (!cache->known)
		return HD_ENOMEM;
	while (at < end) {
		const char *next = memchr(at, '\n', (size_t)(end - at));

		if (!next)
			break;
		cache->count += line_read(at, next, &cache->known[cache->count]);
		at = next + 1;
	}
	qsort(cache->known, cache->count, sizeof *cache->known, by_inode);
	return 0;
}

static char *cache_text(int base, const char *name, size_t *length)
{
	int fd = openat(base, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat info;
	char *text = NULL;
	ssize_t n = 0;

	*length = 0;
	if (fd >= 0 && fstat(fd, &info) == 0 && info.st_size > 0 && info.st_size < CACHE_MOST)
		text = calloc(1, (size_t)info.st_size + 1);
	while (text && *length < (size_t)info.st_size &&
	       (n = read(fd, text + *length, (size_t)info.st_size - *length)) > 0)
		*length += (size_t)n;
	if (fd >= 0)
		close(fd);
	return text;
}

int hd_snapshot_cache_open(struct hd_snapshot *snapshot, struct hd_error *err)
{
	struct hd_snapshot_cache *cache = calloc(1, sizeof *cache);
	const char *source = snapshot->setup->source;
	char hex[65];
	size_t length;
	char *text;
	int rc = 0;

	if (!cache)
		return hd_error_nomem(err);
	snapshot->cache = cache;
	text_hash(source, strlen(source), hex);
	snprintf(cache->name, sizeof cache->name, HD_SNAPSHOT_CACHE "%.16s", hex);
	text = cache_text(snapshot->base, cache->name, &length);
	if (text)
		rc = cache_parse(cache, text, length);
	free(text);
	return rc < 0 ? hd_error_nomem(err) : 0;
}

void hd_snapshot_cache_close(struct hd_snapshot *snapshot)
{
	if (snapshot->cache)
		free(snapshot->cache->known);
	free(snapshot->cache);
	snapshot->cache = NULL;
}

static bool key_is(const struct hd_snapshot_key *a, const struct hd_snapshot_key *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->modified == b->modified && a->changed == b->changed;
}

bool hd_snapshot_cache_find(const struct hd_snapshot *snapshot,
			    struct hd_snapshot_entry *entry)
{
	const struct hd_snapshot_cache *cache = snapshot->cache;
	const struct known wanted = { .key = entry->key };
	const struct known *found =
		cache->count ? bsearch(&wanted, cache->known, cache->count,
				       sizeof *cache->known, by_inode)
			     : NULL;

	/* Inodes of another device may have the same number: no matter. */
	if (!found || !key_is(&found->key, &entry->key))
		return false;
	memcpy(entry->hash, found->hash, sizeof entry->hash);
	entry->hashed = entry->settled = true;
	return true;
}

/* --- writing ------------------------------------------------------------------------------- */

static void cache_lines(const struct hd_snapshot *snapshot, struct hd_buf *text)
{
	char hex[65];

	hd_buf_puts(text, CACHE_HEAD);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct hd_snapshot_entry *entry = &snapshot->entries[i];

		if (!entry->hashed || !entry->settled)
			continue;
		hd_snapshot_hex(entry->hash, sizeof entry->hash, hex);
		hd_buf_printf(text,
			      "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 " %s\n",
			      entry->key.device, entry->key.inode, entry->key.size,
			      (uint64_t)entry->key.modified, (uint64_t)entry->key.changed, hex);
	}
	text_hash(hd_buf_text(text), text->length, hex);
	hd_buf_printf(text, CACHE_END "%s\n", hex);
}

void hd_snapshot_cache_write(const struct hd_snapshot *snapshot)
{
	struct hd_buf text = HD_BUF_INIT;
	int fd = openat(snapshot->part, "cache", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool written;

	if (fd < 0)
		return;
	cache_lines(snapshot, &text);
	written = !hd_buf_failed(&text) &&
		  write(fd, hd_buf_text(&text), text.length) == (ssize_t)text.length;
	close(fd);
	if (written)
		(void)renameat(snapshot->part, "cache", snapshot->base, snapshot->cache->name);
	hd_buf_release(&text);
}
