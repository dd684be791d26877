/// What is started for an instance that is a process of its own: a program that calls ``InstanceHost``.
public struct InstanceProgram: Sendable, Hashable {
    public var path: String
    public var arguments: [String]
    /// How long a process may give no sign of life, or finish nothing of what its workers were told to do, before it is
    /// killed and the run is an error. A process that a fault has stopped is not counted.
    public var patience: Duration

    public init(path: String, arguments: [String], patience: Duration = .seconds(60)) {
        self.path = path
        self.arguments = arguments
        self.patience = patience
    }
}
