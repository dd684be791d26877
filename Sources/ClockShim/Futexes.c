// Waits that are futexes: sleeping, condition variables, semaphores, and the system call itself.
//
// Condition variables are wholly the shim's own, a count in the first word of the C library's object: that is the only
// way to wait for one and for the clock at a time. Initialising and destroying remain the C library's.

#include "Shim.h"

#ifdef SHIM_STANDS

#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <unistd.h>

// MARK: Sleeping

/// A runtime sleeps for microseconds while it waits for a thread of its own: as the machine for a safepoint of Java. That
/// is no time which anybody has to let pass. The thread remains awake meanwhile, so that its process is not quiet. One
/// that does nothing else for long, however, polls for something that only a moving clock can bring.
static int sleep_briefly(int64_t deadline) {
    const int64_t briefly = 1000000, long_enough = 50 * briefly;
    int is_frozen;
    int64_t time = deadline - shim_elapsed(&is_frozen);
    if (time >= briefly) shim_short_sleeps = 0;
    if (!is_frozen || time <= 0 || time >= briefly || shim_short_sleeps >= long_enough) return 0;
    shim_short_sleeps += time;
    int64_t end = shim_machine(CLOCK_MONOTONIC) + time;
    do {
        kernel(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
    } while (shim_machine(CLOCK_MONOTONIC) < end);
    return 1;
}

/// Returns 0, or EINTR.
static int sleep_until(int64_t deadline) {
    static _Atomic uint32_t nothing;
    struct waiting wait;
    int error = 0;
    shim_begin(&wait, deadline, coherence_clock_sleep);
    pthread_cleanup_push(shim_end, &wait);
    int64_t remaining;
    while ((remaining = shim_remaining(&wait)) != 0) {
        const void *word = wait.slot != NULL ? (const void *)&wait.slot->wake : (const void *)&nothing;
        struct timespec limit = shim_timespec(remaining);
        long result = kernel_wait(
            SYS_futex, (long)word, FUTEX_WAIT, wait.slot != NULL ? (long)wait.wake : 0,
            remaining == FOREVER ? 0 : (long)&limit, 0, 0);
        if (result != -EINTR) continue;
        error = EINTR;
        break;
    }
    pthread_cleanup_pop(1);
    return error;
}

INTERPOSED int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest) {
    if (!is_valid(time) || time->tv_sec < 0) return EINVAL;
    if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID) {
        return (int)-kernel_wait(SYS_clock_nanosleep, clock, flags, (long)time, (long)rest, 0, 0);
    }
    int is_absolute = (flags & TIMER_ABSTIME) != 0;
    int64_t deadline = is_absolute ? shim_deadline(clock, time) : shim_after(shim_nanoseconds(time));
    if (sleep_briefly(deadline)) return 0;
    int error = sleep_until(deadline);
    if (error != 0 && rest != NULL && !is_absolute) {
        int is_frozen;
        int64_t left = deadline - shim_elapsed(&is_frozen);
        *rest = shim_timespec(left > 0 ? left : 0);
    }
    return error;
}

INTERPOSED int nanosleep(const struct timespec *time, struct timespec *rest) {
    int error = clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
    if (error == 0) return 0;
    errno = error;
    return -1;
}

INTERPOSED int usleep(useconds_t time) {
    struct timespec wanted = shim_timespec((int64_t)time * 1000);
    return nanosleep(&wanted, NULL);
}

INTERPOSED unsigned int sleep(unsigned int time) {
    struct timespec wanted = {.tv_sec = time}, rest = {0};
    if (nanosleep(&wanted, &rest) == 0) return 0;
    return (unsigned int)(rest.tv_sec + (rest.tv_nsec >= 500000000));
}

// MARK: Condition variables

static _Atomic uint32_t *count_of(pthread_cond_t *condition) { return (_Atomic uint32_t *)condition; }

// How the C library's `pthread_cond_init` keeps the attributes.
static int is_shared(const pthread_cond_t *condition) { return (condition->__data.__wrefs & 1) != 0; }
static clockid_t clock_of(const pthread_cond_t *condition) {
    return (condition->__data.__wrefs & 2) != 0 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

static int wake_waiters(pthread_cond_t *condition, int number) {
    int operation = FUTEX_WAKE | (is_shared(condition) ? 0 : FUTEX_PRIVATE_FLAG);
    atomic_fetch_add(count_of(condition), 1);
    kernel(SYS_futex, (long)condition, operation, number, 0, 0, 0);
    return 0;
}

INTERPOSED int pthread_cond_signal(pthread_cond_t *condition) { return wake_waiters(condition, 1); }
INTERPOSED int pthread_cond_broadcast(pthread_cond_t *condition) { return wake_waiters(condition, INT_MAX); }

struct conditional {
    struct waiting wait;
    pthread_mutex_t *mutex;
};

static void end_cancelled(void *argument) {
    struct conditional *conditional = argument;
    shim_end(&conditional->wait);
    pthread_mutex_lock(conditional->mutex);
}

INTERPOSED int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
    struct conditional conditional = {.mutex = mutex};
    int is_private = !is_shared(condition);
    uint32_t count = atomic_load(count_of(condition));
    int error = pthread_mutex_unlock(mutex);
    if (error != 0) return error;
    pthread_cleanup_push(end_cancelled, &conditional);
    kernel_wait(SYS_futex, (long)condition, FUTEX_WAIT | (is_private ? FUTEX_PRIVATE_FLAG : 0), (long)count, 0, 0, 0);
    pthread_cleanup_pop(0);
    return pthread_mutex_lock(mutex);
}

INTERPOSED int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
    if (!is_valid(time)) return EINVAL;
    struct conditional conditional = {.mutex = mutex};
    int is_private = !is_shared(condition), result = 0;
    uint32_t count = atomic_load(count_of(condition));
    shim_begin(&conditional.wait, shim_deadline(clock, time), coherence_clock_condition);
    int error = pthread_mutex_unlock(mutex);
    if (error != 0) {
        shim_end(&conditional.wait);
        return error;
    }
    pthread_cleanup_push(end_cancelled, &conditional);
    while (1) {
        int64_t remaining = shim_remaining(&conditional.wait);
        if (remaining == 0) {
            result = ETIMEDOUT;
            break;
        }
        if (shim_futex_wait(&conditional.wait, condition, count, is_private, remaining) == 0) break;
    }
    pthread_cleanup_pop(0);
    shim_end(&conditional.wait);
    error = pthread_mutex_lock(mutex);
    return error != 0 ? error : result;
}

INTERPOSED int pthread_cond_timedwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time) {
    return pthread_cond_clockwait(condition, mutex, clock_of(condition), time);
}

// MARK: Semaphores

// As the C library has it on machines of 64 bits: the value, and above it how many wait.
struct semaphore {
    _Atomic uint64_t data;
    int is_shared;
};

static void leave(void *argument) { atomic_fetch_sub(&((struct semaphore *)argument)->data, UINT64_C(1) << 32); }

INTERPOSED int sem_clockwait(sem_t *given, clockid_t clock, const struct timespec *time) {
    if (sem_trywait(given) == 0) return 0;
    if (!is_valid(time)) {
        errno = EINVAL;
        return -1;
    }
    struct semaphore *semaphore = (struct semaphore *)given;
    int is_private = semaphore->is_shared == 0, error = 0, is_taken = 0;
    struct waiting wait;
    shim_begin(&wait, shim_deadline(clock, time), coherence_clock_semaphore);
    pthread_cleanup_push(shim_end, &wait);
    atomic_fetch_add(&semaphore->data, UINT64_C(1) << 32);
    pthread_cleanup_push(leave, semaphore);
    while (error == 0 && !is_taken) {
        uint64_t data = atomic_load(&semaphore->data);
        if ((uint32_t)data != 0) {
            // The one that waited is gone at the same moment.
            is_taken = atomic_compare_exchange_strong(&semaphore->data, &data, data - 1 - (UINT64_C(1) << 32));
            continue;
        }
        int64_t remaining = shim_remaining(&wait);
        if (remaining == 0) {
            error = ETIMEDOUT;
        } else if (shim_futex_wait(&wait, semaphore, 0, is_private, remaining) == -EINTR) {
            error = EINTR;
        }
    }
    pthread_cleanup_pop(!is_taken);
    pthread_cleanup_pop(1);
    if (error == 0) return 0;
    errno = error;
    return -1;
}

INTERPOSED int sem_timedwait(sem_t *semaphore, const struct timespec *time) {
    return sem_clockwait(semaphore, CLOCK_REALTIME, time);
}

// MARK: The system call

/// A runtime that makes its own locks waits so: Rust, Swift.
INTERPOSED long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    int command = (int)b & FUTEX_CMD_MASK;
    int is_wait = command == FUTEX_WAIT || (command == FUTEX_WAIT_BITSET && (uint32_t)f == FUTEX_BITSET_MATCH_ANY);
    const struct timespec *time = (const struct timespec *)d;
    if (number == SYS_clock_gettime) return clock_gettime((clockid_t)a, (struct timespec *)b);
    if (number != SYS_futex || !is_wait || !is_valid(time) || shim_page() == NULL) {
        return returned(kernel(number, a, b, c, d, e, f));
    }
    clockid_t clock = ((int)b & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    struct waiting wait;
    shim_begin(
        &wait, command == FUTEX_WAIT ? shim_after(shim_nanoseconds(time)) : shim_deadline(clock, time),
        coherence_clock_futex);
    long result = -ETIMEDOUT;
    int64_t remaining;
    // A word that already has another value is no wait.
    if (__atomic_load_n((uint32_t *)a, __ATOMIC_SEQ_CST) != (uint32_t)c) result = -EAGAIN;
    while (result == -ETIMEDOUT && (remaining = shim_remaining(&wait)) != 0) {
        result = shim_futex_wait(&wait, (const void *)a, (uint32_t)c, ((int)b & FUTEX_PRIVATE_FLAG) != 0, remaining);
    }
    shim_end(&wait);
    return returned(result);
}

#endif
