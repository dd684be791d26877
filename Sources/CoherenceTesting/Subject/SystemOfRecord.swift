import AdapterProtocol
import CacheHierarchy
import ScenarioRunner

/// The system of record behind a cache. It takes the place of the database, belongs to the run, and is the same for all
/// instances.
public struct SystemOfRecord: Sendable {
    private let clock: any CacheClock
    private let answer: @Sendable (AdapterAsk) async -> OriginAnswer.Outcome

    init(_ surroundings: LocalSurroundings) {
        clock = surroundings.clock
        answer = surroundings.origin
    }

    /// The value of a key; `nil` if nothing exists.
    /// - Throws: ``SystemOfRecordError``
    public func load(_ key: String) async throws -> SubjectValue? { try await loadWithTags(key).value }

    /// The value of a key, and the tags that it carries.
    /// - Throws: ``SystemOfRecordError``
    public func loadWithTags(_ key: String) async throws -> (value: SubjectValue?, tags: [String]) {
        switch await ask(.load, key) {
        case .loaded(let value, let tags, _): return (value.map { SubjectValue($0) }, tags)
        case .failed(let why): throw SystemOfRecordError(description: why)
        case .committed: throw SystemOfRecordError(description: "a load was answered as a commit")
        }
    }

    /// Replaces the value of a key, and returns when that is done; `nil` deletes the key.
    /// - Parameter value: the one that the cache was given to write.
    /// - Throws: ``SystemOfRecordError``
    public func commit(_ key: String, _ value: SubjectValue?) async throws {
        if case .failed(let why) = await ask(.commit(value?.text), key) { throw SystemOfRecordError(description: why) }
    }

    private func ask(_ question: AdapterAsk.Question, _ key: String) async -> OriginAnswer.Outcome {
        await answer(AdapterAsk(question, key: key, worker: LocalSurroundings.worker, start: clock.now()))
    }
}

/// What the system of record answered instead of doing what it was asked for.
public struct SystemOfRecordError: Error, Hashable, CustomStringConvertible {
    /// Why, as a sentence without its point.
    public let description: String
}

/// The time that a run goes by: the monotonic clock of the host, or in a simulation virtual time.
public struct SubjectClock: Clock {
    /// A moment of it.
    public struct Instant: InstantProtocol {
        /// Nanoseconds since an arbitrary moment.
        public let nanoseconds: Int64

        /// The moment that is `duration` later. It is held within what 64 bits can represent.
        public func advanced(by duration: Duration) -> Instant {
            let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.heldNanoseconds)
            return Instant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
        }

        /// The time from this moment to the other one.
        public func duration(to other: Instant) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }

        /// Whether the left moment is earlier.
        public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
    }

    let base: any CacheClock

    /// Now. It never goes backwards.
    public var now: Instant { Instant(nanoseconds: base.now()) }

    /// One nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Returns when the deadline has passed; `tolerance` is ignored.
    /// - Throws: `CancellationError` if the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try await base.sleep(nanoseconds: max(0, now.duration(to: deadline).heldNanoseconds))
    }
}

extension Duration {
    /// In nanoseconds, held within what 64 bits can represent.
    fileprivate var heldNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}
