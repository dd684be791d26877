#include "CSimulation.h"

#include <stddef.h>

// Functions of the Swift runtime (libswift_Concurrency), with its calling convention.
#define SWIFT_CALL __attribute__((swiftcall))
extern SWIFT_CALL uint64_t swift_task_getJobTaskId(const void *job);
extern SWIFT_CALL size_t swift_task_getJobFlags(const void *job);
extern SWIFT_CALL void *swift_task_getCurrent(void);

_Thread_local void *simulation_engine_of_thread = NULL;

uint64_t simulation_task_number(const void *job) { return swift_task_getJobTaskId(job); }
uint64_t simulation_job_flags(const void *job) { return swift_task_getJobFlags(job); }
const void *simulation_running_task(void) { return swift_task_getCurrent(); }
