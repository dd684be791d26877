// Waits for descriptors. While the clock stands they wait without limit, and a signal ends them that is let through only
// then: the system calls change the mask and begin to wait in one step, so none is lost.

#include "Shim.h"

#ifdef SHIM_STANDS

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>

/// The kernel's set of signals.
typedef uint64_t mask_of_signals;

struct descriptors {
    enum coherence_clock_kind kind;
    /// The arguments of the system call before its time limit.
    long a, b, c, d;
    /// What the caller wants blocked; NULL for what is.
    const void *mask;
};

/// One system call, with a limit or without.
static long wait_in_kernel(const struct descriptors *what, const struct timespec *limit, mask_of_signals *mask) {
    struct timespec copy = limit != NULL ? *limit : (struct timespec){0};
    long time = limit != NULL ? (long)&copy : 0;
    switch (what->kind) {
    case coherence_clock_poll:
        return kernel_wait(SYS_ppoll, what->a, what->b, time, (long)mask, sizeof *mask, 0);
    case coherence_clock_select: {
        long set[2] = {(long)mask, mask != NULL ? sizeof *mask : 0};
        return kernel_wait(SYS_pselect6, what->a, what->b, what->c, what->d, time, (long)set);
    }
    default: {
        long milliseconds = -1;
        if (limit != NULL) {
            // Later rather than earlier.
            int64_t whole = limit->tv_sec > 1000000 ? 1000000000 : limit->tv_sec * 1000;
            milliseconds = (long)(whole + (limit->tv_nsec + 999999) / 1000000);
        }
        return kernel_wait(SYS_epoll_pwait, what->a, what->b, what->c, milliseconds, (long)mask, sizeof *mask);
    }
    }
}

static mask_of_signals first_of(const void *set) {
    mask_of_signals mask;
    memcpy(&mask, set, sizeof mask);
    return mask;
}

/// Waits for descriptors for so many nanoseconds.
static long wait_for(const struct descriptors *what, int64_t nanoseconds) {
    struct coherence_clock_page *clock = shim_page();
    mask_of_signals given = what->mask != NULL ? first_of(what->mask) : 0;
    if (clock == NULL || nanoseconds == 0) {
        struct timespec limit = shim_timespec(nanoseconds);
        return wait_in_kernel(what, &limit, what->mask != NULL ? &given : NULL);
    }
    const mask_of_signals ours = UINT64_C(1) << (clock->signal - 1);
    struct waiting wait;
    long result = 0;
    shim_begin(&wait, shim_after(nanoseconds), what->kind);
    pthread_cleanup_push(shim_end, &wait);
    while (1) {
        mask_of_signals before = 0;
        // It remains blocked: outside of such a wait nobody is interrupted by it.
        kernel(SYS_rt_sigprocmask, SIG_BLOCK, (long)&ours, (long)&before, sizeof before, 0, 0);
        mask_of_signals mask = (what->mask != NULL ? given : before) & ~ours;
        int64_t remaining = shim_remaining(&wait);
        struct timespec limit = shim_timespec(remaining);
        result = wait_in_kernel(what, remaining == FOREVER ? NULL : &limit, &mask);
        if (result > 0 || remaining == 0) break;
        if (result == 0 || (result == -EINTR && shim_woken(&wait))) continue;
        break;
    }
    pthread_cleanup_pop(1);
    return result;
}

static int64_t of_milliseconds(int milliseconds) { return (int64_t)milliseconds * 1000000; }

// MARK: poll

INTERPOSED int poll(struct pollfd *descriptors, nfds_t count, int timeout) {
    struct descriptors what = {.kind = coherence_clock_poll, .a = (long)descriptors, .b = (long)count};
    if (timeout < 0) return (int)returned(wait_in_kernel(&what, NULL, NULL));
    return (int)returned(wait_for(&what, of_milliseconds(timeout)));
}

INTERPOSED int ppoll(
    struct pollfd *descriptors, nfds_t count, const struct timespec *timeout, const sigset_t *signals) {
    struct descriptors what = {
        .kind = coherence_clock_poll, .a = (long)descriptors, .b = (long)count, .mask = signals};
    if (timeout != NULL && (!is_valid(timeout) || timeout->tv_sec < 0)) {
        errno = EINVAL;
        return -1;
    }
    mask_of_signals mask = signals != NULL ? first_of(signals) : 0;
    if (timeout == NULL) return (int)returned(wait_in_kernel(&what, NULL, signals != NULL ? &mask : NULL));
    return (int)returned(wait_for(&what, shim_nanoseconds(timeout)));
}

// What programs that are compiled with checks call instead.
INTERPOSED int __poll_chk(struct pollfd *descriptors, nfds_t count, int timeout, size_t size) {
    if (size / sizeof *descriptors < count) abort();
    return poll(descriptors, count, timeout);
}

INTERPOSED int __ppoll_chk(
    struct pollfd *descriptors, nfds_t count, const struct timespec *timeout, const sigset_t *signals, size_t size) {
    if (size / sizeof *descriptors < count) abort();
    return ppoll(descriptors, count, timeout, signals);
}

// MARK: select

INTERPOSED int pselect(
    int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict exceptional,
    const struct timespec *restrict timeout, const sigset_t *restrict signals) {
    struct descriptors what = {
        .kind = coherence_clock_select,
        .a = count,
        .b = (long)readable,
        .c = (long)writable,
        .d = (long)exceptional,
        .mask = signals};
    if (timeout != NULL && (!is_valid(timeout) || timeout->tv_sec < 0)) {
        errno = EINVAL;
        return -1;
    }
    mask_of_signals mask = signals != NULL ? first_of(signals) : 0;
    if (timeout == NULL) return (int)returned(wait_in_kernel(&what, NULL, signals != NULL ? &mask : NULL));
    return (int)returned(wait_for(&what, shim_nanoseconds(timeout)));
}

INTERPOSED int select(
    int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict exceptional,
    struct timeval *restrict timeout) {
    if (timeout == NULL) return pselect(count, readable, writable, exceptional, NULL, NULL);
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
        errno = EINVAL;
        return -1;
    }
    struct timespec limit = {
        .tv_sec = timeout->tv_sec + timeout->tv_usec / 1000000, .tv_nsec = timeout->tv_usec % 1000000 * 1000};
    int is_frozen;
    int64_t begin = shim_elapsed(&is_frozen);
    int result = pselect(count, readable, writable, exceptional, &limit, NULL);
    // Linux tells what is left of the time.
    int64_t left = shim_nanoseconds(&limit) - (shim_elapsed(&is_frozen) - begin);
    if (left < 0) left = 0;
    timeout->tv_sec = left / 1000000000;
    timeout->tv_usec = left / 1000 % 1000000;
    return result;
}

// MARK: epoll

INTERPOSED int epoll_pwait(
    int descriptor, struct epoll_event *events, int room, int timeout, const sigset_t *signals) {
    struct descriptors what = {
        .kind = coherence_clock_epoll, .a = descriptor, .b = (long)events, .c = room, .mask = signals};
    mask_of_signals mask = signals != NULL ? first_of(signals) : 0;
    if (timeout < 0) return (int)returned(wait_in_kernel(&what, NULL, signals != NULL ? &mask : NULL));
    return (int)returned(wait_for(&what, of_milliseconds(timeout)));
}

INTERPOSED int epoll_wait(int descriptor, struct epoll_event *events, int room, int timeout) {
    return epoll_pwait(descriptor, events, room, timeout, NULL);
}

INTERPOSED int epoll_pwait2(
    int descriptor, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *signals) {
    if (timeout == NULL) return epoll_pwait(descriptor, events, room, -1, signals);
    if (!is_valid(timeout) || timeout->tv_sec < 0) {
        errno = EINVAL;
        return -1;
    }
    struct descriptors what = {
        .kind = coherence_clock_epoll, .a = descriptor, .b = (long)events, .c = room, .mask = signals};
    return (int)returned(wait_for(&what, shim_nanoseconds(timeout)));
}

#endif
