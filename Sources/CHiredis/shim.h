#ifndef SWIFT_CACHE_COHERENCE_CHIREDIS_SHIM_H
#define SWIFT_CACHE_COHERENCE_CHIREDIS_SHIM_H

// pkg-config points either at the folder of the header or at its parent.
#if __has_include(<hiredis/hiredis.h>)
#include <hiredis/hiredis.h>
#else
#include <hiredis.h>
#endif

#include <stddef.h>

// What the parser calls back with to begin an array.
#if HIREDIS_MAJOR >= 1
typedef size_t CHiredisElementCount;
#else
typedef int CHiredisElementCount;
#endif

// Glibc's Swift module does not show these two.
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif

#endif
