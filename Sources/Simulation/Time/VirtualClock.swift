/// The clock of a simulation. It starts at zero, and moves only when no task can run, straight to the next deadline.
///
/// `Simulation.clock` is the clock of the running simulation. Tasks that sleep until the same deadline wake together,
/// and the strategy decides which of them runs first.
public struct VirtualClock: Clock {
    /// A moment in virtual time.
    public struct Instant: InstantProtocol {
        /// Nanoseconds since the simulation began.
        public let nanoseconds: Int64

        /// Creates the moment this many nanoseconds after the beginning of the simulation.
        public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

        /// The moment that is `duration` later. It is held within what 64 bits can represent.
        public func advanced(by duration: Duration) -> Instant {
            let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
            return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
        }

        /// The time from this moment to the other one. Negative if the other one is earlier.
        public func duration(to other: Instant) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }

        /// Whether the left moment is earlier.
        public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    }

    let engine: Engine

    /// The virtual time. A call from a thread that does not run the simulation ends the run as an escape, and returns
    /// zero.
    public var now: Instant {
        guard engine.isOfThisThread else {
            engine.escaped("another thread asked the virtual clock for the time")
            return Instant(nanoseconds: 0)
        }
        return Instant(nanoseconds: engine.timeline.now)
    }

    /// One nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Suspends the task until the deadline. The clock ignores `tolerance`.
    ///
    /// - Throws: `CancellationError` if the task is cancelled, if the simulation ends before the deadline, or if the
    ///   call comes from a thread that does not run the simulation.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        guard engine.isOfThisThread else {
            engine.escaped("a task slept on the virtual clock from another thread")
            throw CancellationError()
        }
        let ticket = engine.timeline.makeTicket()
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                engine.sleep(until: deadline.nanoseconds, ticket: ticket, continuation)
            }
        } onCancel: {
            engine.cancelSleep(ticket)
        }
    }
}

extension Duration {
    /// The duration in nanoseconds, rounded towards zero and held within what 64 bits can represent.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}
