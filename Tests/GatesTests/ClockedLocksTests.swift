#if os(Linux)
    import Foundation
    import Gates
    import Testing
    import TestSupport

    /// The library replaces condition variables wholly. They have to be what they were.
    @Suite("Locks under a clock that is moved", .timeLimit(.minutes(10)))
    struct ClockedLocksTests {
        /// Condition variables of the C library, used from threads of Python, which lets go of its own lock meanwhile.
        private static let prelude = """
            import ctypes, os, threading, time
            libc = ctypes.CDLL(None)
            mutex = (ctypes.c_char * 64)()
            condition = (ctypes.c_char * 64)()
            def lock(): assert libc.pthread_mutex_lock(mutex) == 0
            def unlock(): assert libc.pthread_mutex_unlock(mutex) == 0
            def after(seconds):
                now = time.clock_gettime_ns(time.CLOCK_REALTIME) + int(seconds * 10**9)
                return ctypes.byref((ctypes.c_long * 2)(now // 10**9, now % 10**9))

            """

        @Test("No item is lost between many takers, of which some have a time limit", arguments: [false, true])
        func queue(isFrozen: Bool) async throws {
            let rig = try ClockRig()
            if isFrozen { rig.clock.freeze() }
            let program = try rig.python(
                Self.prelude + """
                    items, taken = [], []
                    def take(number):
                        while True:
                            lock()
                            while not items:
                                if number % 2: libc.pthread_cond_wait(condition, mutex)
                                else: assert libc.pthread_cond_timedwait(condition, mutex, after(3600)) == 0
                            item = items.pop()
                            if item is not None: taken.append(item)
                            unlock()
                            if item is None: return
                    takers = [threading.Thread(target=take, args=(number,)) for number in range(8)]
                    for taker in takers: taker.start()
                    for item in range(3000):
                        lock()
                        items.append(item)
                        unlock()
                        libc.pthread_cond_signal(condition)
                        if item % 100 == 0: os.sched_yield()
                    while len(taken) < 3000: os.sched_yield()
                    lock()
                    items += [None] * 8
                    unlock()
                    libc.pthread_cond_broadcast(condition)
                    for taker in takers: taker.join()
                    print(len(taken), sum(taken), flush=True)
                    """)
            #expect(program.line() == "3000 4498500")
            #expect(rig.clock.deadlines == [])
        }

        @Test("One signal ends one wait, and the other ends with its time")
        func oneOfTwo() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let program = try rig.python(
                Self.prelude + """
                    import errno, sys
                    def wait():
                        lock()
                        result = libc.pthread_cond_timedwait(condition, mutex, after(60))
                        unlock()
                        sys.stdout.write('%s\\n' % (errno.errorcode[result] if result else 'signalled'))
                        sys.stdout.flush()
                    threads = [threading.Thread(target=wait) for _ in range(2)]
                    for thread in threads: thread.start()
                    sys.stdin.readline()
                    libc.pthread_cond_signal(condition)
                    for thread in threads: thread.join()
                    """)
            let waits = try await rig.untilWaiting(program, 2)
            program.say("go")
            #expect(program.line() == "signalled")
            #expect(try await rig.untilWaiting(program, 1).count == 1)
            rig.clock.advance(to: waits[1].moment)
            #expect(program.line() == "ETIMEDOUT")
        }

        @Test("A thread that waits can be cancelled, and leaves no wait behind")
        func cancelling() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let source = rig.folder.appending(path: "cancel.c")
            let code = """
                #include <poll.h>
                #include <pthread.h>
                #include <semaphore.h>
                #include <stdio.h>
                #include <time.h>
                #include <unistd.h>
                static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
                static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
                static sem_t semaphore;
                static void unlock(void *m) { pthread_mutex_unlock(m); }
                static void *wait(void *how) {
                    struct timespec limit;
                    clock_gettime(CLOCK_REALTIME, &limit);
                    limit.tv_sec += 3600;
                    switch (*(char *)how) {
                    case 's': sleep(3600); break;
                    case 'p': poll(NULL, 0, 3600000); break;
                    case 'm': sem_timedwait(&semaphore, &limit); break;
                    default:
                        pthread_mutex_lock(&mutex);
                        pthread_cleanup_push(unlock, &mutex);
                        if (*(char *)how == 'c') pthread_cond_wait(&condition, &mutex);
                        else pthread_cond_timedwait(&condition, &mutex, &limit);
                        pthread_cleanup_pop(1);
                    }
                    return NULL;
                }
                int main(void) {
                    char hows[] = "spmct";
                    pthread_t threads[5];
                    sem_init(&semaphore, 0, 0);
                    for (int i = 0; i < 5; i++) pthread_create(&threads[i], NULL, wait, &hows[i]);
                    getchar();
                    int cancelled = 0;
                    for (int i = 0; i < 5; i++) {
                        void *result;
                        pthread_cancel(threads[i]);
                        pthread_join(threads[i], &result);
                        cancelled += result == PTHREAD_CANCELED;
                    }
                    int value;
                    sem_getvalue(&semaphore, &value);
                    sem_post(&semaphore);
                    printf("%d cancelled, mutex %d, semaphore %d %d\\n", cancelled, pthread_mutex_trylock(&mutex), value,
                           sem_trywait(&semaphore));
                    return 0;
                }
                """
            try code.write(to: source, atomically: true, encoding: .utf8)
            let binary = rig.folder.appending(path: "cancel").path
            let compiler = try #require(Programs.path(of: "cc") ?? Programs.path(of: "clang"))
            let compiling = try Program(compiler, ["-O1", "-pthread", "-o", binary, source.path])
            compiling.process.waitUntilExit()
            #expect(compiling.process.terminationStatus == 0)
            let program = try Program(binary, [], environment: rig.clock.environment())
            let waits = try await rig.untilWaiting(program, 4)
            #expect(Set(waits.map(\.kind)) == [.sleep, .poll, .semaphore, .condition])
            program.say("")
            #expect(program.line() == "5 cancelled, mutex 0, semaphore 0 0")
            #expect(rig.clock.deadlines == [])
        }
    }
#endif
