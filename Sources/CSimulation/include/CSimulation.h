#ifndef CSIMULATION_H
#define CSIMULATION_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// The engine of the simulation that this thread runs, or null. Swift itself has no thread-local variables.
extern _Thread_local void *_Nullable simulation_engine_of_thread;

static inline void *_Nullable simulation_engine(void) { return simulation_engine_of_thread; }
static inline void simulation_set_engine(void *_Nullable engine) { simulation_engine_of_thread = engine; }

/// The runtime's number of the job's task. No two tasks of a process have the same number.
uint64_t simulation_task_number(const void *job);

/// The job's flags in the runtime. The lowest byte is the kind (0 is a task). Bit 24 is set for a child task.
uint64_t simulation_job_flags(const void *job);

/// The task that this thread runs, or null.
const void *_Nullable simulation_running_task(void);

/// Runs a job on this thread, as the default executor does: until its task suspends or ends, or until its mailbox is
/// empty.
void simulation_run_job(void *job);

/// Makes the allocator keep freed memory instead of returning it to the system. No effect without glibc.
void simulation_keep_freed_memory(void);

#pragma clang assume_nonnull end

#endif
