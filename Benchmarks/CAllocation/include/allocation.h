#ifndef CALLOCATION_H
#define CALLOCATION_H

#include <stddef.h>

/// Bytes that the process has allocated and not given back; 0 where the system does not say.
size_t allocation_bytes(void);

#endif
