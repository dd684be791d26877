// The runtime can replace the executors of the whole process through an interface that is not yet public. Only this
// file uses it.

#if compiler(>=6.3)
    import CSimulation
    import Support
    @_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

    /// Installs executors in front of the executors of the process. They pass work that a simulation began to that
    /// simulation, and all other work to the executors of the process.
    @available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *)
    enum ExecutorInstallation {
        /// Installs the executors once. This works at any time, also after tasks have run.
        private static let installation: Void = _createExecutors(factory: Factory.self)

        /// Installs the executors if necessary. Returns whether they are in place.
        static func install() -> Bool {
            installation
            return Task<Never, Never>.defaultExecutor is RoutingExecutor
        }

        /// Passes a job to the threads of the process.
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
                // No retain: the engine's own simulation makes this call.
                let job = UnownedJob(job)
                Unmanaged<Engine>.fromOpaque(pointer)._withUnsafeGuaranteedRef { $0.push(job) }
            } else if let engine = owner(of: job) {
                engine.receive(job)
            } else {
                ExecutorInstallation.leaveToProcess(job)
            }
        }

        /// The simulation of a task that another thread makes runnable.
        /// An actor's mailbox has no owner. It runs where it is, and the engine recognises its tasks when they leave
        /// the actor.
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

    /// The whole process shares the main actor. Work for it therefore escapes from a simulation.
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

/// The installation for every compiler and system. Where the interface is missing, `install` returns false.
enum Executors {
    /// Returns whether work that begins inside a simulation stays in it.
    static func install() -> Bool {
        #if compiler(>=6.3)
            if #available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *) {
                return ExecutorInstallation.install()
            }
        #endif
        return false
    }

    /// Passes a job to the threads of the process.
    static func leaveToProcess(_ job: consuming ExecutorJob) {
        #if compiler(>=6.3)
            if #available(macOS 26.4, iOS 26.4, watchOS 26.4, tvOS 26.4, visionOS 26.4, *) {
                return ExecutorInstallation.leaveToProcess(job)
            }
        #endif
        globalConcurrentExecutor.enqueue(job)
    }
}
