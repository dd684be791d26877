/// What is started for an instance that is a process of its own: a program that calls ``InstanceHost``.
public struct InstanceProgram: Sendable, Hashable {
    public var path: String
    public var arguments: [String]
    /// How long a process may give no sign of life, or finish nothing of what its workers were told to do, before it is
    /// killed and the run is an error; and four leases more, for it may have to wait for one. While a fault has stopped
    /// the process, time does not count.
    public var patience: Duration

    public init(path: String, arguments: [String], patience: Duration = .seconds(60)) {
        self.path = path
        self.arguments = arguments
        self.patience = patience
    }
}
