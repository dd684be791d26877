// The clocks, and the slots of those that wait for them.

#include "Shim.h"

#ifdef SHIM_STANDS

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static struct coherence_clock_page *_Atomic page;
static _Atomic int tried;

static void ignore(int signal) { (void)signal; }

static void attach(void) {
    const char *path = getenv(COHERENCE_CLOCK_VARIABLE);
    if (path == NULL) return;
    long file = kernel(SYS_openat, AT_FDCWD, (long)path, O_RDWR | O_CLOEXEC, 0, 0, 0);
    if (file < 0) return;
    const size_t size = sizeof(struct coherence_clock_page);
    off_t length = (off_t)kernel(SYS_lseek, file, 0, SEEK_END, 0, 0, 0);
    long memory = -1;
    if (length >= (off_t)size) {
        memory = kernel(SYS_mmap, 0, (long)size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    kernel(SYS_close, file, 0, 0, 0, 0, 0);
    if (memory < 0 && memory > -4096) return;
    struct coherence_clock_page *found = (struct coherence_clock_page *)memory;
    if (found->magic == coherence_clock_magic) atomic_store(&page, found);
}

struct coherence_clock_page *shim_page(void) {
    if (atomic_load_explicit(&tried, memory_order_acquire) == 0) {
        // Two that are first at once map it twice, which is no harm.
        attach();
        atomic_store_explicit(&tried, 1, memory_order_release);
    }
    return atomic_load_explicit(&page, memory_order_acquire);
}

static void join(struct coherence_clock_page *clock, int32_t process) {
    for (int index = 0; index < coherence_clock_processes; index++) {
        if (atomic_load(&clock->processes[index]) == process) return;
    }
    for (int index = 0; index < coherence_clock_processes; index++) {
        int32_t expected = 0;
        if (atomic_compare_exchange_strong(&clock->processes[index], &expected, process)) return;
    }
}

static void listen_to_signal(const struct coherence_clock_page *clock) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ignore;
    sigaction(clock->signal, &action, NULL);
}

static void join_this(void) {
    struct coherence_clock_page *clock = shim_page();
    if (clock != NULL) join(clock, (int32_t)kernel(SYS_getpid, 0, 0, 0, 0, 0, 0));
}

__attribute__((constructor)) static void start(void) {
    struct coherence_clock_page *clock = shim_page();
    if (clock == NULL) return;
    int32_t process = (int32_t)kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
    // What the program had before it became another one by exec.
    for (int index = 0; index < coherence_clock_slots; index++) {
        struct coherence_clock_slot *slot = &clock->slots[index];
        if (atomic_load(&slot->process) != process) continue;
        atomic_store(&slot->deadline, INT64_MAX);
        atomic_store(&slot->process, 0);
        atomic_store(&slot->thread, 0);
    }
    listen_to_signal(clock);
    join(clock, process);
    pthread_atfork(NULL, NULL, join_this);
}

// MARK: Reading

int64_t shim_nanoseconds(const struct timespec *time) {
    // More than two centuries are for ever.
    if (time->tv_sec > INT64_C(8000000000)) return INT64_MAX / 2;
    if (time->tv_sec < 0) return 0;
    return time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
}

struct timespec shim_timespec(int64_t nanoseconds) {
    return (struct timespec){.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
}

int64_t shim_machine(clockid_t clock) {
    struct timespec time = {0};
    kernel(SYS_clock_gettime, clock, (long)&time, 0, 0, 0, 0);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/// Which of the bases a clock has; -1 for one that does not follow the page.
static int base_of(clockid_t clock) {
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_TAI: return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW: return 1;
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM: return 2;
    default: return -1;
    }
}

int64_t shim_elapsed(int *is_frozen) {
    struct coherence_clock_page *clock = shim_page();
    *is_frozen = 0;
    if (clock == NULL) return shim_machine(CLOCK_MONOTONIC);
    int64_t elapsed = 0, anchor = 0;
    // Whoever changes it may have died in the middle.
    for (int attempt = 0; attempt < 10000; attempt++) {
        uint32_t before = atomic_load(&clock->sequence);
        *is_frozen = (int)atomic_load(&clock->is_frozen);
        elapsed = atomic_load(&clock->elapsed);
        anchor = atomic_load(&clock->anchor);
        if (before % 2 == 0 && atomic_load(&clock->sequence) == before) break;
        sched_yield();
    }
    return *is_frozen ? elapsed : elapsed + shim_machine(CLOCK_MONOTONIC) - anchor;
}

int64_t shim_now(clockid_t clock) {
    struct coherence_clock_page *shared = shim_page();
    int base = base_of(clock), is_frozen;
    if (shared == NULL || base < 0) return shim_machine(clock);
    return shared->bases[base] + shim_elapsed(&is_frozen);
}

int64_t shim_after(int64_t nanoseconds) {
    int is_frozen;
    int64_t now = shim_elapsed(&is_frozen);
    return nanoseconds > INT64_MAX / 2 - now ? INT64_MAX / 2 : now + nanoseconds;
}

int64_t shim_deadline(clockid_t clock, const struct timespec *time) {
    int64_t wanted = shim_nanoseconds(time);
    struct coherence_clock_page *shared = shim_page();
    int base = base_of(clock);
    if (wanted >= INT64_MAX / 2) return wanted;
    // By the fixed base, so that the same time is always the same deadline.
    if (shared != NULL && base >= 0) return wanted - shared->bases[base];
    int64_t now = shim_machine(clock);
    return shim_after(wanted > now ? wanted - now : 0);
}

INTERPOSED int clock_gettime(clockid_t clock, struct timespec *time) {
    if (shim_page() == NULL || base_of(clock) < 0) {
        return (int)returned(kernel(SYS_clock_gettime, clock, (long)time, 0, 0, 0, 0));
    }
    *time = shim_timespec(shim_now(clock));
    return 0;
}

INTERPOSED int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    // The header says that the first is never NULL, which is not so.
    struct timeval *volatile place = time;
    if (zone != NULL) memset(zone, 0, sizeof(struct timezone));
    if (place == NULL) return 0;
    int64_t now = shim_now(CLOCK_REALTIME);
    time->tv_sec = now / 1000000000;
    time->tv_usec = now / 1000 % 1000000;
    return 0;
}

INTERPOSED time_t time(time_t *place) {
    time_t now = shim_now(CLOCK_REALTIME) / 1000000000;
    if (place != NULL) *place = now;
    return now;
}

INTERPOSED int timespec_get(struct timespec *time, int base) {
    if (base != TIME_UTC) return 0;
    *time = shim_timespec(shim_now(CLOCK_REALTIME));
    return base;
}

// MARK: Waiting

__thread int64_t shim_short_sleeps;

void shim_begin(struct waiting *wait, int64_t deadline, enum coherence_clock_kind kind) {
    struct coherence_clock_page *clock = shim_page();
    *wait = (struct waiting){.slot = NULL, .deadline = deadline, .wake = 0};
    if (clock == NULL) return;
    if (kind != coherence_clock_sleep) shim_short_sleeps = 0;
    if (kind >= coherence_clock_poll) listen_to_signal(clock);
    int32_t process = (int32_t)kernel(SYS_getpid, 0, 0, 0, 0, 0, 0);
    int32_t thread = (int32_t)kernel(SYS_gettid, 0, 0, 0, 0, 0, 0);
    for (int step = 0; step < coherence_clock_slots; step++) {
        struct coherence_clock_slot *slot = &clock->slots[(thread + step) % coherence_clock_slots];
        int32_t expected = 0;
        if (atomic_load_explicit(&slot->thread, memory_order_relaxed) != 0) continue;
        if (!atomic_compare_exchange_strong(&slot->thread, &expected, thread)) continue;
        atomic_store(&slot->process, process);
        atomic_store(&slot->kind, kind);
        // Before the clock is read: whoever moves it later finds this.
        atomic_store(&slot->deadline, deadline);
        wait->slot = slot;
        return;
    }
    atomic_fetch_add(&clock->overflow, 1);
}

void shim_end(void *argument) {
    struct waiting *wait = argument;
    if (wait->slot == NULL) return;
    atomic_store(&wait->slot->deadline, INT64_MAX);
    atomic_store(&wait->slot->process, 0);
    atomic_store(&wait->slot->thread, 0);
    wait->slot = NULL;
}

int64_t shim_remaining(struct waiting *wait) {
    if (wait->slot != NULL) wait->wake = atomic_load(&wait->slot->wake);
    int is_frozen;
    int64_t now = shim_elapsed(&is_frozen);
    if (now >= wait->deadline) return 0;
    if (!is_frozen) return wait->deadline - now;
    // Nobody can wake a wait without a slot.
    return wait->slot != NULL ? FOREVER : 10000000;
}

int shim_woken(const struct waiting *wait) {
    return wait->slot != NULL && atomic_load(&wait->slot->wake) != wait->wake;
}

// The kernel's, which older headers do not have.
struct waited {
    uint64_t value;
    uint64_t address;
    uint32_t flags;
    uint32_t reserved;
};
enum { number_of_futex_waitv = 449, flag_of_32_bits = 2, flag_of_private = 128 };

long shim_futex_wait(struct waiting *wait, const void *word, uint32_t value, int is_private, int64_t remaining) {
    static _Atomic int is_missing;
    if (wait->slot != NULL && !atomic_load(&is_missing)) {
        struct timespec end = {0};
        if (remaining != FOREVER) end = shim_timespec(shim_machine(CLOCK_MONOTONIC) + remaining);
        struct waited both[2] = {
            {value, (uint64_t)(uintptr_t)word, flag_of_32_bits | (is_private ? flag_of_private : 0), 0},
            {wait->wake, (uint64_t)(uintptr_t)&wait->slot->wake, flag_of_32_bits, 0},
        };
        long result = kernel_wait(
            number_of_futex_waitv, (long)both, 2, 0, remaining == FOREVER ? 0 : (long)&end, CLOCK_MONOTONIC, 0);
        if (result >= 0) return result == 0 ? 0 : -ETIMEDOUT;
        if (result == -EINTR || result == -ETIMEDOUT) return result;
        // One of the two had another value. The word itself must not be touched any more: it may be gone.
        if (result == -EAGAIN) return shim_woken(wait) ? -ETIMEDOUT : 0;
        if (result != -ENOSYS && result != -EPERM) return 0;
        atomic_store(&is_missing, 1);
        atomic_fetch_add(&shim_page()->polling, 1);
    }
    // The slot cannot end this one: it looks again and again. A limit of the machine's clock it would keep alone.
    int64_t portion = remaining < 10000000 || shim_page() == NULL ? remaining : 10000000;
    struct timespec limit = shim_timespec(portion);
    long operation = FUTEX_WAIT | (is_private ? FUTEX_PRIVATE_FLAG : 0);
    long result = kernel_wait(SYS_futex, (long)word, operation, (long)value, (long)&limit, 0, 0);
    if (result == -EINTR || result == -ETIMEDOUT) return result;
    return 0;
}

#endif
