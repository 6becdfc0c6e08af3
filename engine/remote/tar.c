#include "remote/tar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define BLOCK 512
/* tar programs read records of so many bytes and grumble at less. */
#define RECORD 10240

static const char zeros[BLOCK];

static void header_add(struct hd_buf *tar, const char *name, char kind,
		       mode_t mode, size_t size)
{
	char header[BLOCK] = { 0 };
	unsigned sum = 0;

	if (strlen(name) > 100) {
		tar->failed = true;
		return;
	}
	memcpy(header, name, strlen(name));
	snprintf(header + 100, 8, "%07o", (unsigned)mode & 07777);
	snprintf(header + 108, 8, "%07o", 0U);
	snprintf(header + 116, 8, "%07o", 0U);
	snprintf(header + 124, 12, "%011llo", (unsigned long long)size);
	snprintf(header + 136, 12, "%011llo", (unsigned long long)time(NULL));
	header[156] = kind;
	memcpy(header + 257, "ustar\00000", 8);
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	hd_buf_add(tar, header, sizeof header);
}

void hd_tar_file(struct hd_buf *tar, const char *name, mode_t mode,
		 const char *bytes, size_t length)
{
	header_add(tar, name, '0', mode, length);
	hd_buf_add(tar, bytes, length);
	if (length % BLOCK)
		hd_buf_add(tar, zeros, BLOCK - length % BLOCK);
}

void hd_tar_folder(struct hd_buf *tar, const char *name)
{
	header_add(tar, name, '5', 0777, 0);
}

void hd_tar_end(struct hd_buf *tar)
{
	hd_buf_add(tar, zeros, BLOCK);
	hd_buf_add(tar, zeros, BLOCK);
	while (tar->length % RECORD && !hd_buf_failed(tar))
		hd_buf_add(tar, zeros, BLOCK);
}
