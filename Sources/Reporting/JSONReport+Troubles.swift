import Judging

extension JSONReport {
    /// Why operations did not succeed.
    public struct Failures: Codable, Sendable {
        /// The most frequent first.
        public var reasons: [Reason]
        /// Operations that failed for other reasons, which are too many to tell.
        public var others: Int
        /// Operations of which nobody said why.
        public var untold: Int
    }

    /// Operations that failed alike.
    public struct Reason: Codable, Sendable {
        /// What was asked.
        public var operation: String
        /// `failed`, or `unknown` if they may have had their effect.
        public var outcome: String
        /// The text of the first of them; texts that differ in digits alone are one reason.
        public var reason: String
        /// How many operations.
        public var count: Int
        /// In order of the instances.
        public var instances: [InstanceCount]
    }

    /// How many operations of one instance.
    public struct InstanceCount: Codable, Sendable {
        /// Counted from 0.
        public var instance: Int
        /// How many operations.
        public var count: Int
    }

    /// What adapters logged.
    public struct Logs: Codable, Sendable {
        /// The first lines.
        public var lines: [LogLine]
        /// How many came after them.
        public var more: Int
    }

    /// A line of an adapter's log.
    public struct LogLine: Codable, Sendable {
        /// Counted from 0.
        public var instance: Int
        /// As the adapter says.
        public var level: String
        /// Cut short if it is long.
        public var text: String
    }
}

extension JSONReport.Failures {
    init?(_ troubles: TroubleRecord) {
        guard !troubles.reasons.isEmpty || troubles.untold > 0 else { return nil }
        self.init(
            reasons: troubles.reasons.map { reason in
                JSONReport.Reason(
                    operation: reason.operation, outcome: reason.isUnknown ? "unknown" : "failed", reason: reason.text,
                    count: reason.count,
                    instances: reason.instances.sorted { $0.key < $1.key }.map {
                        JSONReport.InstanceCount(instance: $0.key, count: $0.value)
                    })
            }, others: troubles.others, untold: troubles.untold)
    }
}

extension JSONReport.Logs {
    init?(_ troubles: TroubleRecord) {
        guard !troubles.logs.isEmpty else { return nil }
        self.init(
            lines: troubles.logs.map {
                JSONReport.LogLine(instance: $0.instance, level: $0.level, text: $0.text)
            }, more: troubles.moreLogs)
    }
}
