/*
 * Taking a tar stream to pieces as it comes, in bounded memory: what a host
 * sends back of a trial. The stream is the trial's to shape, so nothing in it
 * leads out of the folder it is unpacked in: absolute names, "..", links that
 * lead up or away, devices and FIFOs are refused, and no link is ever followed
 * on the way to a file. Reads what tar programs write: ustar, and names by the
 * ways of GNU and of POSIX (pax).
 */
#ifndef HD_REMOTE_UNTAR_H
#define HD_REMOTE_UNTAR_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>

struct hd_untar;

/* What of it is wanted, by its name in the stream; USER is untar_open's. */
typedef bool (*hd_untar_fn)(void *user, const char *name);

/* Into FOLDER, which exists. WANTED may be NULL: all. */
int hd_untar_open(struct hd_untar **out, const char *folder, hd_untar_fn wanted,
		  void *user, struct hd_error *err);
/* The next bytes. HD_EIO when the disk does not take them, HD_ECORRUPT when
 * they are no tar; after an error it takes no more. */
int hd_untar_add(struct hd_untar *untar, const char *bytes, size_t length,
		 struct hd_error *err);
/* All have come: HD_ECORRUPT when the stream stops short of its end. */
int hd_untar_end(const struct hd_untar *untar, struct hd_error *err);
/* How many entries were refused; *FIRST is the name of the first of them. */
size_t hd_untar_refused(const struct hd_untar *untar, const char **first);
void hd_untar_close(struct hd_untar *untar);

#endif
