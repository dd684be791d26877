#include "CSimulation.h"

#include <stddef.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

// Functions of the Swift runtime (libswift_Concurrency), with its calling convention.
#define SWIFT_CALL __attribute__((swiftcall))
extern SWIFT_CALL uint64_t swift_task_getJobTaskId(const void *job);
extern SWIFT_CALL size_t swift_task_getJobFlags(const void *job);
extern SWIFT_CALL void *swift_task_getCurrent(void);
// An executor reference is two words; both zero is the default executor.
extern SWIFT_CALL void swift_job_run(void *job, uintptr_t executor, uintptr_t implementation);

_Thread_local void *simulation_engine_of_thread = NULL;

uint64_t simulation_task_number(const void *job) { return swift_task_getJobTaskId(job); }
uint64_t simulation_job_flags(const void *job) { return swift_task_getJobFlags(job); }
const void *simulation_running_task(void) { return swift_task_getCurrent(); }
void simulation_run_job(void *job) { swift_job_run(job, 0, 0); }

void simulation_keep_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
}
