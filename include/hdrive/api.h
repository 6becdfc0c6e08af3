/*
 * What every public header starts from: which symbols the library shows.
 *
 * Everything is hidden unless marked HD_API, so the list of marked functions
 * is the library's interface and nothing else is.
 */
#ifndef HDRIVE_API_H
#define HDRIVE_API_H

#ifdef __cplusplus
#define HD_BEGIN_DECLS extern "C" {
#define HD_END_DECLS }
#else
#define HD_BEGIN_DECLS
#define HD_END_DECLS
#endif

#if defined(__GNUC__)
#define HD_API __attribute__((visibility("default")))
#define HD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define HD_API
#define HD_PRINTF(fmt, args)
#endif

#endif
