/// What a scenario file may declare.
public enum DeclaredScenario: Sendable, Hashable {
    case cluster(Scenario)
    case bridge(BridgeScenario)

    public var name: String {
        switch self {
        case .cluster(let scenario): scenario.name
        case .bridge(let scenario): scenario.name
        }
    }

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

    public var targets: [Target] {
        switch self {
        case .cluster(let scenario): scenario.targets
        case .bridge(let scenario): scenario.targets
        }
    }

    /// The scenario of a cluster, if it is one.
    public var cluster: Scenario? {
        if case .cluster(let scenario) = self { scenario } else { nil }
    }
}
