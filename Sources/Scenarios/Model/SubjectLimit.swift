/// What a scenario asks for that only the reference cache has: the one list, for files with a `subject` and for others
/// that are run on one.
struct SubjectLimit: Sendable {
    /// Where in a scenario file it is asked for.
    enum Place: Sendable, Hashable {
        /// A word under `cluster`.
        case cluster(String)
        case data
        case faults
    }

    let place: Place
    /// What was asked for, as the end of a sentence: `a skew of instance 1`.
    let found: String
    /// Why a subject cannot, as a sentence without its full stop.
    let reason: String
    /// What can be asked for in place of it.
    let expected: String
}

extension Scenario {
    /// What it asks for that only the reference cache has.
    var subjectLimits: [SubjectLimit] {
        SubjectLimit.choices.filter { $0.isUsed(self) }.map { SubjectLimit.choice($0.word) } + limitsOfDataAndFaults
    }

    var limitsOfDataAndFaults: [SubjectLimit] {
        var limits: [SubjectLimit] = []
        if let data = data.first(where: { !$0.records.isEmpty }) {
            limits.append(
                SubjectLimit(
                    place: .data, found: "the records of \(data.name)",
                    reason: "the data \(data.name) has records, and a subject's values are made by the runner",
                    expected: "data without records"))
        }
        for fault in faults {
            let reason: String
            if case .skew = fault.action {
                reason = "the clock of another process cannot be set ahead (\(fault))"
            } else if fault.isAtCommit {
                reason = "a subject's process is not killed at its commits (\(fault))"
            } else {
                continue
            }
            limits.append(
                SubjectLimit(
                    place: .faults, found: "a \(fault)", reason: reason,
                    expected: "a fault of Redis, of the way to it, of the origin or of a process"))
        }
        return limits
    }

    /// What the scenario asks for that only the reference cache has, as sentences without a full stop.
    public var reasonsAgainstSubject: [String] { subjectLimits.map(\.reason) }
}

extension SubjectLimit {
    /// A word under `cluster` that is a choice of the reference cache, and whether a scenario makes it.
    struct ClusterChoice: Sendable {
        let word: String
        let isUsed: @Sendable (Scenario) -> Bool
    }

    static let choices = [
        ClusterChoice(word: "placement") { $0.cluster.placement != .tasks },
        ClusterChoice(word: "provider") { $0.cluster.provider != nil },
        ClusterChoice(word: "manager") { $0.cluster.manager != nil },
        ClusterChoice(word: "bus") { $0.cluster.bus != .pubSub },
        ClusterChoice(word: "bus-length") { $0.cluster.busLength != Cluster.usualBusLength },
        ClusterChoice(word: "application") { $0.cluster.applications != [1] },
    ]

    static func choice(_ word: String) -> SubjectLimit {
        SubjectLimit(
            place: .cluster(word), found: word, reason: "\(word) is a choice of the reference cache",
            expected: "no \(word): it is a choice of the reference cache")
    }
}
