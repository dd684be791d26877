/// What a scenario file may declare.
public enum DeclaredScenario: Sendable, Hashable {
    /// A cluster of caches.
    case cluster(Scenario)
    /// An event bridge.
    case bridge(BridgeScenario)

    /// The name that the file gives.
    public var name: String {
        switch self {
        case .cluster(let scenario): scenario.name
        case .bridge(let scenario): scenario.name
        }
    }

    /// The path of the file, as it was given to the loader.
    public var file: String {
        switch self {
        case .cluster(let scenario): scenario.file
        case .bridge(let scenario): scenario.file
        }
    }

    /// Whether it is run only if its file, or the folder that it lies in, is named.
    public var isRunOnlyWhenNamed: Bool {
        switch self {
        case .cluster(let scenario): scenario.isRunOnlyWhenNamed
        case .bridge(let scenario): scenario.isRunOnlyWhenNamed
        }
    }

    /// Where it may run.
    public var worlds: [World] {
        switch self {
        case .cluster(let scenario): scenario.worlds
        case .bridge: [.live]
        }
    }

    /// The declared targets.
    public var targets: [Target] {
        switch self {
        case .cluster(let scenario): scenario.targets
        case .bridge(let scenario): scenario.targets
        }
    }

    /// Words by which it is chosen among others.
    public var labels: [String] {
        switch self {
        case .cluster(let scenario): scenario.labels
        case .bridge(let scenario): scenario.labels
        }
    }

    /// What the file says under `describe`.
    public var description: String? {
        switch self {
        case .cluster(let scenario): scenario.description
        case .bridge(let scenario): scenario.description
        }
    }

    /// The same, remembering what was put in place of what the file says.
    func with(overrides: [String]) -> DeclaredScenario {
        switch self {
        case .cluster(var scenario):
            scenario.overrides = overrides
            return .cluster(scenario)
        case .bridge(var scenario):
            scenario.overrides = overrides
            return .bridge(scenario)
        }
    }

    /// The scenario of a cluster, if it is one.
    public var cluster: Scenario? {
        if case .cluster(let scenario) = self { scenario } else { nil }
    }
}

/// A declared experiment with an event bridge: its instances are processes, so it runs in the live world only.
public struct BridgeScenario: Sendable, Hashable {
    /// The name that the file gives.
    public var name: String
    /// The path of its file, as it was given to the loader.
    public var file: String
    /// What the file says under `describe`.
    public var description: String?
    /// What is at risk when it fails; `nil` if the file does not say so.
    public var impact: Impact?
    /// Whether it is run only if its file, or the folder that it lies in, is named: it takes long.
    public var isRunOnlyWhenNamed: Bool
    /// The bridge, and what is done with it.
    public var bridge: BridgeDeclaration
    /// Never empty.
    public var targets: [Target]
    /// Words by which it is chosen among others, in the order of the file.
    public var labels: [String] = []
    /// What a caller has put in place of what the file says, as ``ScenarioOverride/text``.
    public var overrides: [String] = []

    /// Makes it; each argument is the property of the same name.
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
