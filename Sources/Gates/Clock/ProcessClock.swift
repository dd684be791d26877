import ClockPage
import Foundation
import History

/// A clock that moves only when it is told to, for processes that run as they are.
///
/// The processes are started with ``environment``. By it the dynamic loader gives them a library (`ClockShim`) that
/// answers for the C library: what reads a clock reads this one, and what waits with a time limit waits for this one.
/// A sleep or a time limit becomes something that happens when the clock is moved. While the clock stands, such waits
/// are without limit and cost nothing: the process is quiet.
///
/// Covered: `clock_gettime`, `gettimeofday`, `time`, `timespec_get`; `nanosleep`, `clock_nanosleep`, `usleep`, `sleep`;
/// `poll`, `ppoll`, `select`, `pselect`, `epoll_wait`, `epoll_pwait`, `epoll_pwait2`; `pthread_cond_timedwait` and
/// `…clockwait`; `sem_timedwait` and `sem_clockwait`; `syscall` with `FUTEX_WAIT`. Clocks of processor time are not.
///
/// Not covered: programs without a C library (Go), or that are linked statically; `timerfd`, `timer_create`, `alarm`,
/// time limits of sockets (`SO_RCVTIMEO`), `pthread_mutex_timedlock`, io_uring. ``members`` tells who obeys.
package final class ProcessClock {
    /// A wait with a time limit.
    package struct Deadline: Sendable, Equatable {
        /// How a thread waits.
        package enum Kind: UInt32, Sendable {
            case sleep = 1
            case condition, semaphore, futex, poll, select, epoll
        }

        package var process: pid_t
        package var thread: pid_t
        /// When it is over, in nanoseconds since the beginning of the clock.
        package var moment: Int64
        package var kind: Kind
    }

    /// The clock's file.
    package let path: String
    /// The library for the dynamic loader.
    package let library: String
    #if os(Linux)
        private let page: UnsafeMutablePointer<coherence_clock_page>
    #endif

    /// Makes a clock, which runs at first.
    /// - Parameters:
    ///   - path: of a file that does not exist yet. Whoever makes the folder removes it.
    ///   - library: by default the one beside this program.
    /// - Throws: ``ProcessClockError``.
    package init(path: String, library: String? = nil) throws(ProcessClockError) {
        self.path = path
        if let library { self.library = library } else { self.library = try Self.findLibrary() }
        #if os(Linux)
            guard let page = coherence_clock_make(path) else {
                throw .noFile(path.printable, String(cString: strerror(errno)))
            }
            self.page = page
        #endif
    }

    deinit {
        #if os(Linux)
            coherence_clock_unmap(page)
        #endif
    }

    /// The name of the library's file.
    package static let libraryName = "libClockShim.so"

    /// Where the library is: beside this program, or in `lib` beside its folder.
    /// - Throws: ``ProcessClockError``.
    package static func findLibrary() throws(ProcessClockError) -> String {
        #if os(Linux)
            let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
            let folder = URL(filePath: program).deletingLastPathComponent()
            let places = [folder, folder.deletingLastPathComponent().appending(path: "lib")]
                .map { $0.appending(path: libraryName).path }
            guard let found = places.first(where: FileManager.default.isReadableFile(atPath:)) else {
                throw .noLibrary(places.map(\.printable))
            }
            // The dynamic loader takes both as the end of a name.
            guard !found.contains(where: { " :".contains($0) }) else { throw .unfitPath(found.printable) }
            return found
        #else
            throw .notLinux
        #endif
    }

    /// To be added to the environment of a process that is to obey.
    /// - Parameter current: the environment that it has otherwise, whose own preloaded libraries remain.
    package func environment(for current: [String: String] = [:]) -> [String: String] {
        let others = current["LD_PRELOAD"].map { $0.isEmpty ? "" : ":\($0)" } ?? ""
        return ["LD_PRELOAD": library + others, "COHERENCE_CLOCK": path]
    }

    #if os(Linux)
        /// Nanoseconds since the beginning.
        package var now: Int64 { coherence_clock_elapsed(page) }

        /// What the processes take for the time of day, in nanoseconds since the beginning of 1970.
        package var timeOfDay: Int64 { coherence_clock_real_time(page) }

        /// Whether the clock stands.
        package var isFrozen: Bool { coherence_clock_is_frozen(page) }

        /// Stops the clock where it is.
        package func freeze() { coherence_clock_set_frozen(page, true) }

        /// Lets the clock run from where it is, as the machine's does. A process that is to end by itself needs it.
        package func letRun() { coherence_clock_set_frozen(page, false) }

        /// Moves a clock that stands forward. Whoever's time is over by then goes on; a clock does not go back.
        /// - Returns: how many threads go on.
        @discardableResult
        package func advance(to moment: Int64) -> Int { Int(coherence_clock_advance(page, moment)) }

        /// Wakes those again whose time is over and who wait still. There is none, unless a wait began while the clock
        /// was being moved.
        @discardableResult
        package func wakeLate() -> Int { Int(coherence_clock_wake_late(page)) }

        /// Who waits with a time limit, the soonest first.
        package var deadlines: [Deadline] {
            let room = Int(coherence_clock_slots)
            let waits = [coherence_clock_wait](unsafeUninitializedCapacity: room) { buffer, count in
                count = min(room, Int(coherence_clock_waits(page, buffer.baseAddress, Int32(room))))
            }
            return waits.compactMap { wait in
                Deadline.Kind(rawValue: wait.kind).map {
                    Deadline(process: wait.process, thread: wait.thread, moment: wait.deadline, kind: $0)
                }
            }.sorted { ($0.moment, $0.process, $0.thread) < ($1.moment, $1.process, $1.thread) }
        }

        /// The processes that obey and live.
        package var members: Set<pid_t> {
            let room = Int(coherence_clock_processes)
            let all = [Int32](unsafeUninitializedCapacity: room) { buffer, count in
                count = min(room, Int(coherence_clock_members(page, buffer.baseAddress, Int32(room))))
            }
            return Set(all.filter { kill($0, 0) == 0 || errno == EPERM })
        }

        /// Takes out what a process has left that has ended.
        package func forget(_ process: pid_t) { coherence_clock_forget(page, process) }

        /// How many waits had no place in the table. They look at the clock every 10 ms, so their process is not quiet.
        package var lostWaits: Int { Int(coherence_clock_overflow(page)) }

        /// Whether the kernel is too old (before 5.16) for waits of locks that cost nothing while the clock stands.
        package var isPolling: Bool { coherence_clock_polling(page) > 0 }
    #endif
}

extension ProcessClock {
    #if os(Linux)
        /// Who of some processes waits with a time limit, the soonest first.
        package func deadlines(of processes: some Collection<pid_t>) -> [Deadline] {
            let wanted = Set(processes)
            return deadlines.filter { wanted.contains($0.process) }
        }
    #endif
}

/// Why there is no clock for processes.
package enum ProcessClockError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The system is not Linux.
    case notLinux
    /// The library is at none of these places.
    case noLibrary([String])
    /// The library is at a place that the dynamic loader cannot be told.
    case unfitPath(String)
    /// The clock's file cannot be made.
    case noFile(String, String)

    package var description: String {
        switch self {
        case .notLinux: "The clock of a process can be held on Linux only."
        case .noLibrary(let places):
            "The library that holds the clock of a process is missing. It was looked for at \(places[0])"
                + places.dropFirst().map { " and \($0)" }.joined()
                + ". `swift build` makes it beside the command; install both together."
        case .unfitPath(let path):
            "The library that holds the clock of a process is at \(path). The dynamic loader cannot be told a path "
                + "with a space or a colon: install it elsewhere."
        case .noFile(let path, let why): "The file of the clock, \(path), cannot be made: \(why)."
        }
    }
}
