import History

/// Where the time of a run's clients went: what they waited for, and what the cache did meanwhile.
///
/// The time is that between the start and the end of operations, added up over all clients: twenty of them wait twenty
/// seconds in each second. What has no end is left out. O(n).
public struct TimeShares: Sendable, Hashable {
    /// One part of it.
    public struct Part: Sendable, Hashable {
        /// What was done: `reads from L1`, `writes`, `filling L3`.
        public var what: String
        /// How many operations.
        public var count: Int
        /// How long they took together.
        public var seconds: Double
    }

    /// What clients did. The parts add up to ``seconds``; the largest first.
    public var operations: [Part]
    /// What the cache did for somebody meanwhile, the largest first. Parts of operations, or beside them.
    public var inside: [Part]
    /// How long clients waited for all of their operations together.
    public var seconds: Double

    public init(of history: History) {
        var sums: [Category: (count: Int, time: Int64)] = [:]
        for operation in history.operations where operation.end != Operation.never {
            guard let category = Category(operation) else { continue }
            sums[category, default: (0, 0)].count += 1
            sums[category, default: (0, 0)].time += operation.end - operation.start
        }
        func parts(_ isOfClient: Bool) -> [Part] {
            sums.filter { $0.key.isOfClient == isOfClient }
                .map { Part(what: $0.key.text, count: $0.value.count, seconds: Double($0.value.time) / 1e9) }
                .sorted { ($1.seconds, $0.what) < ($0.seconds, $1.what) }
        }
        operations = parts(true)
        inside = parts(false)
        seconds = Double(sums.reduce(0) { $0 + ($1.key.isOfClient ? $1.value.time : 0) }) / 1e9
    }

    private enum Category: Hashable {
        case reads(Layer)
        case writes
        case deletions
        case invalidations
        case loads
        case fills(Layer)

        init?(_ operation: Operation) {
            switch operation.kind {
            case .read where operation.isOfClient: self = .reads(operation.layer)
            case .write where operation.isOfClient: self = .writes
            case .delete where operation.isOfClient: self = .deletions
            case .invalidate where operation.isOfClient, .invalidateTag where operation.isOfClient:
                self = .invalidations
            case .load: self = .loads
            case .fill: self = .fills(operation.layer)
            default: return nil
            }
        }

        var isOfClient: Bool {
            switch self {
            case .reads, .writes, .deletions, .invalidations: true
            case .loads, .fills: false
            }
        }

        var text: String {
            switch self {
            case .reads(let layer): "reads from \(layer == .origin ? "the origin" : layer.name)"
            case .writes: "writes"
            case .deletions: "deletions"
            case .invalidations: "invalidations"
            case .loads: "loading from the origin"
            case .fills(let layer): "filling \(layer.name)"
            }
        }
    }
}
