// Preloaded into a real redis-server: its wall clock is a number in a file that the test writes. So deadlines, TIME
// and the automatic identifiers of streams can be compared to the microsecond, and no test has to wait for time to
// pass. The monotonic clock, by which the server schedules its own work, is left alone.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *microseconds;

__attribute__((constructor)) static void open_clock(void) {
    // A test that dies takes its server with it: the kernel ends it with the thread that started it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char *path = getenv("SERVER_TIME_FILE");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) _exit(99);
    microseconds = mmap(NULL, sizeof *microseconds, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (microseconds == MAP_FAILED) _exit(99);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    int64_t value = *microseconds;
    (void)zone;
    now->tv_sec = value / 1000000;
    now->tv_usec = value % 1000000;
    return 0;
}

time_t time(time_t *now) {
    time_t value = *microseconds / 1000000;
    if (now) *now = value;
    return value;
}
