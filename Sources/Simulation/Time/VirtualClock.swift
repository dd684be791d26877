/// The time of a simulation: it starts at zero and moves only when no task can run, straight to the next deadline.
///
/// `Simulation.clock` is the clock of the simulation that is running. Sleeping tasks whose deadlines are equal wake
/// together, and the strategy decides which of them goes on first.
public struct VirtualClock: Clock {
    public struct Instant: InstantProtocol {
        /// Nanoseconds since the simulation began.
        public let nanoseconds: Int64

        public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

        public func advanced(by duration: Duration) -> Instant {
            let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
            return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
        }

        public func duration(to other: Instant) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }

        public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    }

    let engine: Engine

    /// The virtual time. On a thread that does not run the simulation the run is ended, as work that escaped it.
    public var now: Instant {
        guard engine.isOfThisThread else {
            engine.escaped("another thread asked the virtual clock for the time")
            return Instant(nanoseconds: 0)
        }
        return Instant(nanoseconds: engine.timeline.now)
    }

    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Suspends the task until the deadline. `tolerance` has no meaning here.
    ///
    /// - Throws: `CancellationError` if the task is cancelled, and when the simulation ends before the deadline.
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
    /// In nanoseconds, rounded towards zero and held within what 64 bits can say.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}
