// The executors of the whole process can be replaced through an interface of the runtime that is not yet public. This
// is the only file that knows of it.

#if compiler(>=6.3)
    import CSimulation
    import Locking
    @_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

    /// Puts executors in front of the process's own that hand work begun inside a simulation to that simulation, and
    /// all other work to where it went before.
    @available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *)
    enum ExecutorInstallation {
        /// May be installed at any time, also after tasks have run. Once.
        private static let installation: Void = _createExecutors(factory: Factory.self)

        /// Whether the executors are in place.
        static func install() -> Bool {
            installation
            return Task<Never, Never>.defaultExecutor is RoutingExecutor
        }

        /// Leaves a job to the process's own threads.
        static func leaveToProcess(_ job: consuming ExecutorJob) {
            PlatformExecutorFactory.defaultExecutor.enqueue(job)
        }

        private struct Factory: ExecutorFactory {
            static let mainExecutor: any MainExecutor = RoutingMainExecutor()
            static let defaultExecutor: any TaskExecutor = RoutingExecutor()
        }
    }

    @available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *)
    private final class RoutingExecutor: TaskExecutor, SchedulingExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            if let pointer = simulation_engine() {
                // Not retained: this is called within its simulation.
                let job = UnownedJob(job)
                Unmanaged<Engine>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.push(job) }
            } else if let engine = owner(of: job) {
                engine.receive(job)
            } else {
                ExecutorInstallation.leaveToProcess(job)
            }
        }

        /// The simulation that a task has come from which another thread makes runnable. An actor's mailbox comes from
        /// nowhere: it is run where it is, and its tasks are known when they leave the actor.
        private func owner(of job: borrowing ExecutorJob) -> Engine? {
            guard Engine.isAnyRunning, Engine.isTask(job) else { return nil }
            return Engine.running(task: Engine.number(ofTask: job))
        }

        func enqueue<SomeClock: Clock>(
            _ job: consuming ExecutorJob, after delay: SomeClock.Duration, tolerance: SomeClock.Duration?,
            clock: SomeClock
        ) {
            if let engine = Engine.ofThisThread {
                engine.escaped("a sleep on \(SomeClock.self), which is not the simulation's clock")
                enqueue(job)
            } else if let executor = PlatformExecutorFactory.defaultExecutor as? any SchedulingExecutor {
                executor.enqueue(job, after: delay, tolerance: tolerance, clock: clock)
            } else {
                ExecutorInstallation.leaveToProcess(job)
            }
        }
    }

    /// The main actor is shared by the whole process, so it is nowhere inside a simulation: work for it escapes.
    @available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *)
    private final class RoutingMainExecutor: MainExecutor {
        private var platform: any MainExecutor { PlatformExecutorFactory.mainExecutor }

        func enqueue(_ job: consuming ExecutorJob) {
            Engine.ofThisThread?.escaped("work for the main actor, which the whole process shares")
            platform.enqueue(job)
        }

        func run() throws { try platform.run() }
        func stop() { platform.stop() }
        func checkIsolated() { platform.checkIsolated() }
        func isIsolatingCurrentContext() -> Bool? { platform.isIsolatingCurrentContext() }
    }
#endif

/// The same for every compiler and system: what is not there says so.
enum Executors {
    /// Whether work that is begun inside a simulation reaches it.
    static func install() -> Bool {
        #if compiler(>=6.3)
            if #available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *) {
                return ExecutorInstallation.install()
            }
        #endif
        return false
    }

    static func leaveToProcess(_ job: consuming ExecutorJob) {
        #if compiler(>=6.3)
            if #available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *) {
                return ExecutorInstallation.leaveToProcess(job)
            }
        #endif
        globalConcurrentExecutor.enqueue(job)
    }
}
