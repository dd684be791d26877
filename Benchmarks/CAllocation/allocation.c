#include "allocation.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

size_t allocation_bytes(void) {
    struct mallinfo2 information = mallinfo2();
    return information.uordblks + information.hblkhd;
}
#else
size_t allocation_bytes(void) { return 0; }
#endif
