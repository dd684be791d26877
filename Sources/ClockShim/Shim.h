// What the parts of the shim share. Nothing here allocates, and nothing is looked up with dlsym: a host's allocator may
// ask for the time before it stands. System calls are made without the C library's functions, which are replaced here.

#ifndef SHIM_H
#define SHIM_H

#undef _FORTIFY_SOURCE
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <features.h>

#if defined(__linux__) && defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#define SHIM_STANDS 1

#include "ClockPage.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>

#define INTERPOSED __attribute__((visibility("default")))
#define INNER __attribute__((visibility("hidden")))

/// A system call; a negative error instead of errno.
static inline long kernel(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#else
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#endif
}

/// The same, as a point at which the thread may be cancelled.
static inline long kernel_wait(long number, long a, long b, long c, long d, long e, long f) {
    int type;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
    long result = kernel(number, a, b, c, d, e, f);
    pthread_setcanceltype(type, NULL);
    return result;
}

/// As the C library returns it.
static inline long returned(long result) {
    if (result >= 0) return result;
    errno = (int)-result;
    return -1;
}

/// No time limit, for `shim_remaining`.
#define FOREVER INT64_MAX

/// A wait under way.
struct waiting {
    /// NULL without the page, or when all slots were taken.
    struct coherence_clock_slot *slot;
    int64_t deadline;
    /// The slot's, before the clock was read.
    uint32_t wake;
};

INNER struct coherence_clock_page *shim_page(void);
/// What a clock of the machine shows, in nanoseconds.
INNER int64_t shim_machine(clockid_t clock);
/// What it shows to this process.
INNER int64_t shim_now(clockid_t clock);
/// Nanoseconds since the beginning of the page's clock; without the page, since the machine has started.
INNER int64_t shim_elapsed(int *is_frozen);
/// A time that long from now.
INNER int64_t shim_after(int64_t nanoseconds);
/// A time by a clock, as one of `shim_elapsed`.
INNER int64_t shim_deadline(clockid_t clock, const struct timespec *time);
INNER int64_t shim_nanoseconds(const struct timespec *time);
INNER struct timespec shim_timespec(int64_t nanoseconds);

/// How long the thread has slept in short pieces since it last waited otherwise, in nanoseconds.
extern INNER __thread int64_t shim_short_sleeps __attribute__((tls_model("initial-exec")));

INNER void shim_begin(struct waiting *wait, int64_t deadline, enum coherence_clock_kind kind);
INNER void shim_end(void *wait);
/// How long to wait in the kernel: 0 when the deadline is reached, `FOREVER` while the clock stands.
INNER int64_t shim_remaining(struct waiting *wait);
/// Whether the slot was woken since `shim_remaining`.
INNER int shim_woken(const struct waiting *wait);
/// Waits until a futex is woken or does not have the value, or the slot is woken, or the time is over.
/// Returns 0 for the futex, -ETIMEDOUT to look at the clock again, -EINTR.
INNER long shim_futex_wait(struct waiting *wait, const void *word, uint32_t value, int is_private, int64_t remaining);

static inline int is_valid(const struct timespec *time) {
    return time != NULL && time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}

#endif
#endif
