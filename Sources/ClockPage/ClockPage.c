#define _GNU_SOURCE
#include "ClockPage.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t machine(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

struct coherence_clock_page *coherence_clock_make(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return NULL;
    const size_t size = sizeof(struct coherence_clock_page);
    void *memory = MAP_FAILED;
    // Room for all of it now: a full disk would be a signal later.
    int error = posix_fallocate(file, 0, (off_t)size);
    if (error == 0) memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED && error == 0) error = errno;
    close(file);
    if (error != 0) {
        unlink(path);
        errno = error;
        return NULL;
    }
    struct coherence_clock_page *page = memory;
    page->anchor = machine(CLOCK_MONOTONIC);
    page->bases[0] = machine(CLOCK_REALTIME);
    page->bases[1] = machine(CLOCK_MONOTONIC);
    page->bases[2] = machine(CLOCK_BOOTTIME);
    // One that no runtime is known to use.
    page->signal = SIGRTMAX - 7;
    atomic_thread_fence(memory_order_seq_cst);
    page->magic = coherence_clock_magic;
    return page;
}

void coherence_clock_unmap(struct coherence_clock_page *page) { munmap(page, sizeof *page); }

// There is one who changes the clock: what it has written it can read.
int64_t coherence_clock_elapsed(struct coherence_clock_page *page) {
    int64_t elapsed = atomic_load(&page->elapsed);
    return atomic_load(&page->is_frozen) ? elapsed : elapsed + machine(CLOCK_MONOTONIC) - atomic_load(&page->anchor);
}

int64_t coherence_clock_real_time(struct coherence_clock_page *page) {
    return page->bases[0] + coherence_clock_elapsed(page);
}

bool coherence_clock_is_frozen(struct coherence_clock_page *page) { return atomic_load(&page->is_frozen) != 0; }

static void change(struct coherence_clock_page *page, bool is_frozen, int64_t elapsed) {
    atomic_fetch_add(&page->sequence, 1);
    atomic_store(&page->is_frozen, is_frozen);
    atomic_store(&page->elapsed, elapsed);
    atomic_store(&page->anchor, machine(CLOCK_MONOTONIC));
    atomic_fetch_add(&page->sequence, 1);
}

static void release(struct coherence_clock_slot *slot) {
    atomic_store(&slot->deadline, INT64_MAX);
    atomic_store(&slot->process, 0);
    atomic_store(&slot->thread, 0);
}

static void wake(struct coherence_clock_page *page, struct coherence_clock_slot *slot) {
    int32_t process = atomic_load(&slot->process), thread = atomic_load(&slot->thread);
    if (process == 0 || thread == 0) return;
    atomic_fetch_add(&slot->wake, 1);
    if (atomic_load(&slot->kind) < coherence_clock_poll) {
        syscall(SYS_futex, &slot->wake, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    } else if (syscall(SYS_tgkill, process, thread, page->signal) != 0 && errno == ESRCH) {
        release(slot);
    }
}

/// Wakes all whose limit is no later.
static int wake_until(struct coherence_clock_page *page, int64_t limit) {
    int count = 0;
    for (int index = 0; index < coherence_clock_slots; index++) {
        struct coherence_clock_slot *slot = &page->slots[index];
        int64_t deadline = atomic_load(&slot->deadline);
        if (atomic_load(&slot->thread) == 0 || deadline > limit || deadline == INT64_MAX) continue;
        wake(page, slot);
        count++;
    }
    return count;
}

void coherence_clock_set_frozen(struct coherence_clock_page *page, bool is_frozen) {
    if (coherence_clock_is_frozen(page) == is_frozen) return;
    change(page, is_frozen, coherence_clock_elapsed(page));
    wake_until(page, INT64_MAX);
}

int coherence_clock_advance(struct coherence_clock_page *page, int64_t elapsed) {
    if (!coherence_clock_is_frozen(page) || elapsed < atomic_load(&page->elapsed)) return 0;
    change(page, true, elapsed);
    return wake_until(page, elapsed);
}

int coherence_clock_wake_late(struct coherence_clock_page *page) {
    return wake_until(page, coherence_clock_elapsed(page));
}

int coherence_clock_waits(struct coherence_clock_page *page, struct coherence_clock_wait *waits, int room) {
    int count = 0;
    for (int index = 0; index < coherence_clock_slots; index++) {
        struct coherence_clock_slot *slot = &page->slots[index];
        struct coherence_clock_wait wait = {
            .process = atomic_load(&slot->process),
            .thread = atomic_load(&slot->thread),
            .deadline = atomic_load(&slot->deadline),
            .kind = atomic_load(&slot->kind),
        };
        if (wait.thread == 0 || wait.process == 0 || wait.deadline == INT64_MAX) continue;
        if (count < room) waits[count] = wait;
        count++;
    }
    return count;
}

int coherence_clock_members(struct coherence_clock_page *page, int32_t *processes, int room) {
    int count = 0;
    for (int index = 0; index < coherence_clock_processes; index++) {
        int32_t process = atomic_load(&page->processes[index]);
        if (process == 0) continue;
        if (count < room) processes[count] = process;
        count++;
    }
    return count;
}

void coherence_clock_forget(struct coherence_clock_page *page, int32_t process) {
    for (int index = 0; index < coherence_clock_slots; index++) {
        if (atomic_load(&page->slots[index].process) == process) release(&page->slots[index]);
    }
    for (int index = 0; index < coherence_clock_processes; index++) {
        int32_t expected = process;
        atomic_compare_exchange_strong(&page->processes[index], &expected, 0);
    }
}

uint32_t coherence_clock_overflow(struct coherence_clock_page *page) { return atomic_load(&page->overflow); }
uint32_t coherence_clock_polling(struct coherence_clock_page *page) { return atomic_load(&page->polling); }

#else

// Nothing here for other systems; a target has at least one file.
extern int coherence_clock_absent;
int coherence_clock_absent = 1;

#endif
