/*
 * CRC-32C (Castagnoli), RFC 3720 appendix B.4, and the mask that TFRecord files
 * put over it.
 *
 * A table: events of scalars have some fifty bytes, which takes it 0.1 us. The
 * processor's own instruction would be there on some machines alone, and
 * libcrc32c one more library to load for what is ten lines.
 */
#ifndef HD_TENSORBOARD_CRC32C_H
#define HD_TENSORBOARD_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t hd_crc32c(const void *bytes, size_t length);
/* As it stands in a record: turned right by 15 bits, and a constant added. */
uint32_t hd_crc32c_masked(const void *bytes, size_t length);

#endif
