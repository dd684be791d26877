#ifndef CSIMULATION_H
#define CSIMULATION_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// The engine of the simulation that this thread is running, or null. Swift has no thread-local variables.
extern _Thread_local void *_Nullable simulation_engine_of_thread;

static inline void *_Nullable simulation_engine(void) { return simulation_engine_of_thread; }
static inline void simulation_set_engine(void *_Nullable engine) { simulation_engine_of_thread = engine; }

/// The runtime's number of the task whose job this is. Never given to two tasks of a process.
uint64_t simulation_task_number(const void *job);

/// What the runtime wrote into a job's flags: the lowest byte is its kind (0 is a task), bit 24 says "a child task".
uint64_t simulation_job_flags(const void *job);

/// The task that this thread is running, or null.
const void *_Nullable simulation_running_task(void);

/// Runs a job on this thread as the default executor would: until its task suspends or ends, or its mailbox is empty.
void simulation_run_job(void *job);

/// Has the allocator keep what is freed instead of giving it back to the system, if it can be told to.
void simulation_keep_freed_memory(void);

#pragma clang assume_nonnull end

#endif
