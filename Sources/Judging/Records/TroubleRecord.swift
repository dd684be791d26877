import History

/// Why operations of a run failed or are of unknown outcome, and what adapters said for people meanwhile. Bounded in
/// number and length, and printable.
public struct TroubleRecord: Sendable, Hashable {
    /// Operations that failed alike.
    public struct Reason: Sendable, Hashable {
        /// What was asked: `read`, `write`, …
        public var operation: String
        /// Whether it is not known if they took effect. If not, they certainly did not.
        public var isUnknown: Bool
        /// The text of the first of them. Texts that differ in digits alone are one reason.
        public var text: String
        /// How many operations.
        public var count: Int
        /// How many of them in each instance, counted from 0.
        public var instances: [Int: Int]

        package init(operation: String, isUnknown: Bool, text: String, count: Int = 0, instances: [Int: Int] = [:]) {
            self.operation = operation
            self.isUnknown = isUnknown
            self.text = text
            self.count = count
            self.instances = instances
        }
    }

    /// One line of an adapter's log.
    public struct LogLine: Sendable, Hashable {
        /// Counted from 0.
        public var instance: Int
        /// As the adapter says: `info`, `warn`, …
        public var level: String
        /// Printable, and cut short if it is long.
        public var text: String

        package init(instance: Int, level: String, text: String) {
            self.instance = instance
            self.level = level
            self.text = text
        }
    }

    /// The most frequent first.
    public var reasons: [Reason] = []
    /// Operations that failed for reasons that are not among ``reasons``, which are too many.
    public var others = 0
    /// Operations that did not succeed and of which nobody said why: those of instances that are processes of their
    /// own.
    public var untold = 0
    /// The first lines.
    public var logs: [LogLine] = []
    /// How many lines came after them.
    public var moreLogs = 0
    /// Reads for which the cache had nothing and asked nobody. They are not in the history.
    public var misses = 0

    /// A run in which nothing failed and nothing was said.
    public init() {}
}

extension TroubleRecord {
    /// What kinds of operations are called, one and several.
    static let nouns: [Operation.Kind: (one: String, several: String)] = [
        .read: ("read", "reads"), .write: ("write", "writes"), .delete: ("deletion", "deletions"),
        .invalidate: ("invalidation", "invalidations"),
        .invalidateTag: ("invalidation of a tag", "invalidations of tags"), .inspect: ("inspection", "inspections"),
    ]

    /// `1 read`, `150 writes`
    public static func counted(_ count: Int, _ operation: String) -> String {
        let noun = nouns.first { "\($0.key)" == operation }?.value ?? (one: operation, several: operation)
        return "\(count) \(count == 1 ? noun.one : noun.several)"
    }

    /// What a worker asked for: not what the run itself did, as to look into the layers.
    private static func isOfWorker(_ operation: Operation) -> Bool { operation.isOfClient && operation.worker >= 0 }

    /// Counts the operations of a history that did not succeed and that no reason was given for.
    mutating func countUntold(in history: History) {
        let failed = history.operations.count { Self.isOfWorker($0) && $0.outcome != .ok && !$0.isRefused }
        untold = max(0, failed - reasons.reduce(others) { $0 + $1.count })
    }

    /// What a history asked and could not examine, since no operation of a kind succeeded: a sentence without its full
    /// stop; `nil` if some of each kind did.
    func unexamined(in history: History) -> String? {
        var asked: [Operation.Kind: Int] = [:]
        var succeeded: Set<Operation.Kind> = []
        for operation in history.operations where Self.isOfWorker(operation) {
            asked[operation.kind, default: 0] += 1
            // A value that no write gave is an answer, and judged as one.
            if operation.outcome == .ok || operation.isRefused { succeeded.insert(operation.kind) }
        }
        var parts: [String] = []
        for kind in Operation.Kind.allCases where !succeeded.contains(kind) {
            guard let count = asked[kind] else { continue }
            let all = count == 1 ? "the only" : "none of the"
            let what = count == 1 ? Self.nouns[kind]?.one ?? "\(kind)" : Self.counted(count, "\(kind)")
            let verb = count == 1 ? "did not succeed" : "succeeded"
            let reason = reasons.first { $0.operation == "\(kind)" }.map { " (\($0.text))" } ?? ""
            parts.append("\(all) \(what) \(verb)\(reason)")
        }
        if asked[.read] == nil, misses > 0 {
            parts.append(
                "\(misses == 1 ? "the only read was a miss" : "all \(misses) reads were misses"), which say nothing of "
                    + "what there is")
        }
        guard !parts.isEmpty else { return nil }
        return parts.joined(separator: "; ") + ": what the scenario asks of them could not be examined"
    }
}
