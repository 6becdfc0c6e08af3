/* The version of these headers, and of the library in use. */
#ifndef HDRIVE_VERSION_H
#define HDRIVE_VERSION_H

#include <hdrive/api.h>

HD_BEGIN_DECLS

#define HD_VERSION "0.1.0"

/* Static; HD_VERSION of the library's own build. */
HD_API const char *hd_version(void);

HD_END_DECLS

#endif
