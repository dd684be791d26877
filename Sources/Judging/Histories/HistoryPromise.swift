import Checking
import History
import Scenarios

import struct History.Operation

/// What a cache promises its readers, told from what its history recorded; and what the history is asked if nobody says.
///
/// The table is that of `Documentation/Checks.md`. The first row whose evidence is there decides.
public enum HistoryPromise: String, Sendable, Hashable, CaseIterable {
    /// A write returns when nobody holds the old value any more.
    case acknowledged
    /// Some writes return when nobody holds the old value any more, others promise less.
    case partlyAcknowledged = "partly-acknowledged"
    /// A write is announced, and each instance drops the old value when it applies the announcement.
    case announced
    /// Entries are filled and invalidated beside the writes, which promise nothing themselves.
    case cacheAside = "cache-aside"
    /// Nothing was recorded but what a single copy of the data can explain.
    case singleCopy = "single-copy"

    /// What was recorded, if a history promises this: the end of a sentence that begins with "because".
    public var evidence: String {
        switch self {
        case .acknowledged: "its writes have the scope cluster"
        case .partlyAcknowledged: "some of its writes have the scope cluster, and others have not"
        case .announced: "its writes are announced: they have the scope instance, or are applied"
        case .cacheAside: "entries are loaded, filled or invalidated beside writes without a scope"
        case .singleCopy: "it has no invalidation, load or fill, and no write that states a scope"
        }
    }

    /// What a history with this promise is asked.
    /// - Parameter staleness: how old a value may be, if that is known.
    public func checks(staleness: Duration? = nil) -> [CheckDeclaration] {
        switch self {
        case .acknowledged: [.linearizable(), Self.fresh]
        case .partlyAcknowledged, .cacheAside: [Self.fresh]
        case .announced:
            [.sessions, .convergence, Self.fresh] + (staleness.map { [.staleness(atMost: $0)] } ?? [])
        case .singleCopy: [.linearizable()]
        }
    }

    private static var fresh: CheckDeclaration { .freshAfterInvalidation() }

    /// Every check that some promise is asked.
    static let allChecks: [CheckDeclaration] = allCases.flatMap { $0.checks() }.reduce(into: []) { all, check in
        if !all.contains(check) { all.append(check) }
    }
}

/// What a history was asked because nobody said anything, and why.
public struct HistoryChoice: Sendable, Hashable {
    public var promise: HistoryPromise
    /// The checks, as scenarios name them.
    public var checks: [String]

    public init(promise: HistoryPromise, checks: [String]) {
        self.promise = promise
        self.checks = checks
    }

    /// `sessions, convergence, because its writes are announced: …`
    public var description: String { "\(checks.joined(separator: ", ")), because \(promise.evidence)" }
}

/// Looks for the promise of a history, operation by operation. O(1) an operation, and a bit for each key.
struct HistoryEvidence {
    private var hasClusterWrites = false
    private var hasOtherWrites = false
    private var isAnnounced = false
    private var hasCache = false
    private var keysRead: [Bool] = []

    /// Takes note of an operation; in order of their starts.
    mutating func add(_ operation: Operation) {
        switch operation.kind {
        case .read: markRead(operation.key)
        case .write, .delete, .compareAndSet:
            guard operation.outcome == .ok else { return }
            if operation.scope == .cluster {
                hasClusterWrites = true
            } else if wasRead(operation.key) {
                // What was there before anybody read is recorded as writes too, which promise nothing.
                hasOtherWrites = true
            }
            if operation.scope == .instance { isAnnounced = true }
        case .apply: isAnnounced = true
        case .invalidate, .invalidateTag:
            if operation.scope == .instance { isAnnounced = true }
            hasCache = true
        case .fill, .load: hasCache = true
        case .inspect, .evict, .publish, .receive, .gauge: break
        }
    }

    private mutating func markRead(_ key: Int32) {
        guard key >= 0 else { return }
        while keysRead.count <= Int(key) { keysRead.append(false) }
        keysRead[Int(key)] = true
    }

    private func wasRead(_ key: Int32) -> Bool { key >= 0 && Int(key) < keysRead.count && keysRead[Int(key)] }

    /// What the history promises, as far as it was seen.
    var promise: HistoryPromise {
        if hasClusterWrites { return hasOtherWrites ? .partlyAcknowledged : .acknowledged }
        if isAnnounced { return .announced }
        return hasCache ? .cacheAside : .singleCopy
    }
}
