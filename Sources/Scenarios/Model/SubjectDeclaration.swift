/// The cache under test, if it is not the reference cache: a program that is started once for each instance.
public struct SubjectDeclaration: Sendable, Hashable {
    /// A command of the shell. It speaks the adapter protocol on its standard input and output.
    public var command: String
    /// Where the command runs: the folder of the scenario file; `nil` for that of the runner.
    public var folder: String?
    /// Handed to the adapter as it is.
    public var configuration: [String: String]
    /// How long the origin takes on average for a load or a commit. Each takes up to twice that, at random, part of it
    /// before the origin acts and part of it before the answer arrives.
    public var originDelay: Duration

    /// A subject with all defaults, or with those that are given replaced.
    public init(
        command: String, folder: String? = nil, configuration: [String: String] = [:],
        originDelay: Duration = Self.usualOriginDelay
    ) {
        self.command = command
        self.folder = folder
        self.configuration = configuration
        self.originDelay = originDelay
    }

    /// A query to a database near by.
    public static let usualOriginDelay: Duration = .milliseconds(1)
}

extension Scenario {
    /// The same scenario on a cache that is started by a command, in the folder of the runner.
    public func testing(_ command: String) -> Scenario {
        var scenario = self
        scenario.subject = SubjectDeclaration(
            command: command, configuration: subject?.configuration ?? [:],
            originDelay: subject?.originDelay ?? SubjectDeclaration.usualOriginDelay)
        scenario.worlds = [.live]
        return scenario
    }

    /// What the scenario asks for that only the reference cache has, as sentences without a full stop.
    public var reasonsAgainstSubject: [String] {
        var reasons: [String] = []
        if cluster.provider != nil { reasons.append("provider is a choice of the reference cache") }
        if cluster.manager != nil { reasons.append("manager is a choice of the reference cache") }
        if cluster.applications != [1] { reasons.append("application is a choice of the reference cache") }
        if let data = data.first(where: { !$0.records.isEmpty }) {
            reasons.append("the data \(data.name) has records, and a subject's values are made by the runner")
        }
        for fault in faults {
            if case .skew = fault.action {
                reasons.append("the clock of another process cannot be set ahead (\(fault))")
            }
            if fault.isAtCommit { reasons.append("a subject's process is not killed at its commits (\(fault))") }
        }
        return reasons
    }
}
