#if os(Linux)
    import Foundation
    import Gates
    import Testing
    import TestSupport

    /// A clock in a folder of its own, with processes that obey it.
    final class ClockRig {
        let folder = URL(filePath: "/tmp/gates-\(UUID().uuidString.prefix(8))")
        let clock: ProcessClock

        init() throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            clock = try ProcessClock(path: folder.appending(path: "clock").path)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func python(_ code: String) throws -> Program {
            try Program(python: code, environment: clock.environment(for: ProcessInfo.processInfo.environment))
        }

        /// Waits until the process waits so, and is asleep.
        func untilWaiting(_ program: Program, _ count: Int = 1) async throws -> [ProcessClock.Deadline] {
            let watch = try QuiescenceWatch(processes: [program.id])
            try await eventually("it waits for the clock") {
                let look = try watch.look()
                guard look != .gone else { throw NeverHappened(description: "the process has ended") }
                return look == .quiet && clock.deadlines(of: watch.members).count == count
            }
            return clock.deadlines(of: watch.members)
        }
    }

    private let hour: Int64 = 3600 * 1_000_000_000

    @Suite("A clock that is moved", .timeLimit(.minutes(10)))
    struct ProcessClockTests {
        static let waits: [(String, ProcessClock.Deadline.Kind)] = [
            ("time.sleep(3600)", .sleep),
            ("threading.Event().wait(3600)", .semaphore),
            ("select.select([], [], [], 3600)", .select),
            ("select.poll().poll(3600000)", .poll),
            ("select.epoll().poll(3600)", .epoll),
            ("asyncio.run(asyncio.sleep(3600))", .epoll),
            ("subprocess.run(['sleep', '3600'])", .sleep),
            ("libc.pthread_cond_timedwait(condition, mutex, ctypes.byref(limit))", .condition),
        ]

        @Test("An hour is over when the clock has moved by an hour, and no earlier", arguments: waits)
        func waiting(code: String, kind: ProcessClock.Deadline.Kind) async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let begin = rig.clock.now
            let program = try rig.python(
                """
                import asyncio, ctypes, select, subprocess, threading, time
                libc = ctypes.CDLL(None)
                mutex = (ctypes.c_char * 64)()
                condition = (ctypes.c_char * 64)()
                now = time.clock_gettime_ns(time.CLOCK_REALTIME) + 3600 * 10**9
                limit = (ctypes.c_long * 2)(now // 10**9, now % 10**9)
                libc.pthread_mutex_lock(mutex)
                a, b = time.time(), time.monotonic()
                \(code)
                print(round(time.time() - a), round(time.monotonic() - b), flush=True)
                """)
            let waits = try await rig.untilWaiting(program)
            #expect(waits.map(\.kind) == [kind])
            // asyncio rounds up to the next millisecond.
            let moment = try #require(waits.first?.moment)
            #expect(moment - begin >= hour && moment - begin <= hour + 2_000_000)
            #expect(rig.clock.members.contains(program.id))
            rig.clock.advance(to: moment - 3_000_000)
            #expect(try await rig.untilWaiting(program).map(\.kind) == [kind])
            #expect(program.line(patience: 0) == nil)
            #expect(rig.clock.advance(to: moment + 1_000_000) == 1)
            #expect(program.line() == "3600 3600")
            #expect(rig.clock.lostWaits == 0)
        }

        @Test("What is waited for ends a wait as well, and an interrupted wait is told")
        func events() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let program = try rig.python(
                """
                import select, sys, threading, time, queue
                items = queue.Queue()
                condition = threading.Condition()
                def take(): print('took', items.get(timeout=3600), flush=True)
                def wait():
                    with condition: print('heard', condition.wait(3600), flush=True)
                threads = [threading.Thread(target=take), threading.Thread(target=wait)]
                for thread in threads: thread.start()
                print('polled', len(select.select([sys.stdin], [], [], 3600)[0]), flush=True)
                sys.stdin.readline()
                items.put(5)
                threads[0].join()
                with condition: condition.notify()
                threads[1].join()
                """)
            _ = try await rig.untilWaiting(program, 3)
            program.say("go")
            #expect(program.line() == "polled 1")
            #expect(program.line() == "took 5")
            #expect(program.line() == "heard True")
            program.process.waitUntilExit()
            #expect(program.process.terminationStatus == 0)
            #expect(rig.clock.deadlines == [] && !rig.clock.members.contains(program.id))
        }

        @Test("Two with the same clock wait for their own times; a clock that runs again gives all of them theirs")
        func several() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            func sleeper(_ seconds: Double) throws -> Program {
                try rig.python(
                    "import time\ntime.sleep(\(seconds))\nprint('done', flush=True)\ntime.sleep(0.05)\nprint('end')")
            }
            let (first, second) = (try sleeper(60), try sleeper(0.2))
            _ = try await rig.untilWaiting(first)
            let soon = try await rig.untilWaiting(second)
            #expect(rig.clock.deadlines.map(\.process) == [second.id, first.id])
            rig.clock.advance(to: soon[0].moment)
            #expect(second.line() == "done")
            _ = try await rig.untilWaiting(second)
            rig.clock.letRun()
            #expect(second.line() == "end")
            rig.clock.freeze()
            // Its time is nearly as far away as before.
            let waits = try await rig.untilWaiting(first)
            #expect(waits[0].moment - rig.clock.now > 0)
            first.kill()
            rig.clock.forget(first.id)
            #expect(rig.clock.deadlines == [])
        }

        @Test("A forked child obeys, and so does another program")
        func forks() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let program = try rig.python(
                """
                import os, time
                child = os.fork()
                if child == 0: os.execvp('sleep', ['sleep', '60'])
                print(os.waitpid(child, 0)[1], flush=True)
                """)
            let waits = try await rig.untilWaiting(program)
            #expect(waits.map(\.kind) == [.sleep] && waits[0].process != program.id)
            #expect(rig.clock.members == [program.id, waits[0].process])
            rig.clock.advance(to: waits[0].moment)
            #expect(program.line() == "0")
        }

        @Test("More waits than there is room for are counted, and are over in time all the same")
        func overflow() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let program = try rig.python(
                """
                import threading, time
                threading.stack_size(65536)
                threads = [threading.Thread(target=time.sleep, args=(60,)) for _ in range(2060)]
                for thread in threads: thread.start()
                print('all wait', flush=True)
                for thread in threads: thread.join()
                print('done', flush=True)
                """)
            #expect(program.line() == "all wait")
            try await eventually("some have no place") { rig.clock.lostWaits > 0 }
            rig.clock.advance(to: rig.clock.now + hour)
            try await eventually("all are awake") { rig.clock.wakeLate() == 0 }
            #expect(program.line() == "done")
        }

        @Test("Sleeps of microseconds pass by themselves; one that does nothing else waits for the clock")
        func shortSleeps() async throws {
            let rig = try ClockRig()
            rig.clock.freeze()
            let program = try rig.python(
                """
                import time
                for _ in range(50): time.sleep(0.0001)
                print('done', flush=True)
                while True: time.sleep(0.0001)
                """)
            #expect(program.line() == "done")
            for _ in 0..<3 {
                let waits = try await rig.untilWaiting(program)
                #expect(waits.map(\.kind) == [.sleep])
                rig.clock.advance(to: waits[0].moment)
            }
        }

        @Test("A library that is not there is told by its place")
        func missing() throws {
            let error = ProcessClockError.noLibrary(["/a/libClockShim.so", "/lib/libClockShim.so"])
            #expect(error.description.contains("/a/libClockShim.so and /lib/libClockShim.so"))
            let path = "/tmp/gates-missing/\(UUID().uuidString)"
            let wanted = ProcessClockError.noFile(path, "No such file or directory")
            #expect(throws: wanted) { try ProcessClock(path: path) }
        }
    }
#endif
