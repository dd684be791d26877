// A clock that several processes share by a mapped file: one moves it, the others read it and wait for it.
//
// The clock counts nanoseconds from its beginning (`elapsed`). It stands, or it runs with the machine's monotonic clock.
// A thread that waits with a time limit has a slot, in which the one that moves the clock finds the limit and wakes it.
// Fields of this layout change only by atomic operations; nobody waits for a lock, and a process may die at any moment.

#ifndef CLOCK_PAGE_H
#define CLOCK_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __linux__

#define COHERENCE_CLOCK_VARIABLE "COHERENCE_CLOCK"

enum {
    coherence_clock_slots = 2048,
    coherence_clock_processes = 256,
};

/// How a thread waits.
enum coherence_clock_kind {
    coherence_clock_sleep = 1,
    coherence_clock_condition = 2,
    coherence_clock_semaphore = 3,
    coherence_clock_futex = 4,
    /// From here on a wait is ended by a signal, before by the slot's futex.
    coherence_clock_poll = 5,
    coherence_clock_select = 6,
    coherence_clock_epoll = 7,
};

struct coherence_clock_slot {
    /// 0: the slot is free.
    _Atomic int32_t thread;
    _Atomic int32_t process;
    /// INT64_MAX while the thread does not wait.
    _Atomic int64_t deadline;
    /// Counted up to wake the thread; a futex.
    _Atomic uint32_t wake;
    _Atomic uint32_t kind;
    char unused[40];
};

struct coherence_clock_page {
    uint64_t magic;
    /// Odd while the clock is being changed.
    _Atomic uint32_t sequence;
    _Atomic uint32_t is_frozen;
    /// As of `anchor`, on the monotonic clock of the machine, if the clock runs.
    _Atomic int64_t elapsed;
    _Atomic int64_t anchor;
    /// What CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_BOOTTIME show at the beginning.
    int64_t bases[3];
    int32_t signal;
    /// Waits for which there was no slot.
    _Atomic uint32_t overflow;
    /// Waits on a kernel without futex_waitv, which look again and again.
    _Atomic uint32_t polling;
    /// The processes that obey the clock; 0: free.
    _Atomic int32_t processes[coherence_clock_processes];
    struct coherence_clock_slot slots[coherence_clock_slots];
};

static const uint64_t coherence_clock_magic = 0x31636f6c43686f43;

/// What a thread waits for.
struct coherence_clock_wait {
    int32_t process;
    int32_t thread;
    int64_t deadline;
    uint32_t kind;
};

/// Makes the file, which must not exist, and maps it; the clock runs. NULL with errno.
struct coherence_clock_page *coherence_clock_make(const char *path);
void coherence_clock_unmap(struct coherence_clock_page *page);
/// Nanoseconds since the beginning.
int64_t coherence_clock_elapsed(struct coherence_clock_page *page);
/// CLOCK_REALTIME of the clock.
int64_t coherence_clock_real_time(struct coherence_clock_page *page);
bool coherence_clock_is_frozen(struct coherence_clock_page *page);
/// Stops the clock where it is, or lets it run on from there. Wakes whoever waits, to wait otherwise.
void coherence_clock_set_frozen(struct coherence_clock_page *page, bool is_frozen);
/// Moves a clock that stands forward, and wakes all whose limit is reached. Returns how many.
int coherence_clock_advance(struct coherence_clock_page *page, int64_t elapsed);
/// Wakes those again whose limit is reached and who still wait. Returns how many.
int coherence_clock_wake_late(struct coherence_clock_page *page);
/// Writes down who waits; returns how many do, which may be more than there is room for.
int coherence_clock_waits(struct coherence_clock_page *page, struct coherence_clock_wait *waits, int room);
/// Writes down which processes obey.
int coherence_clock_members(struct coherence_clock_page *page, int32_t *processes, int room);
/// Frees what a process had that has ended.
void coherence_clock_forget(struct coherence_clock_page *page, int32_t process);
uint32_t coherence_clock_overflow(struct coherence_clock_page *page);
uint32_t coherence_clock_polling(struct coherence_clock_page *page);

#endif
#endif
