/// A declared experiment with an event bridge: its instances are processes, so it runs in the live world only.
public struct BridgeScenario: Sendable, Hashable {
    public var name: String
    /// The path of its file, as it was given to the loader.
    public var file: String
    /// What the file says under `describe`.
    public var description: String?
    public var impact: Impact?
    /// Whether it is run only if its file, or the folder that it lies in, is named: it takes long.
    public var isRunOnlyWhenNamed: Bool
    public var bridge: BridgeDeclaration
    /// Never empty.
    public var targets: [Target]

    public init(
        name: String, file: String, description: String? = nil, impact: Impact? = nil,
        isRunOnlyWhenNamed: Bool = false, bridge: BridgeDeclaration, targets: [Target]
    ) {
        self.name = name
        self.file = file
        self.description = description
        self.impact = impact
        self.isRunOnlyWhenNamed = isRunOnlyWhenNamed
        self.bridge = bridge
        self.targets = targets
    }
}
