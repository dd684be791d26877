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
}
