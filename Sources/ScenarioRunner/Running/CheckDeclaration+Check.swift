import Checking
import History
import Scenarios

extension CheckDeclaration {
    /// The check that a scenario declares, with what the scenario says about lifetimes and hosts.
    func check(for scenario: Scenario) -> any Check {
        let cluster = scenario.cluster
        let lifetimes = Dictionary(
            uniqueKeysWithValues: cluster.layers.map { ($0.layer, cluster.actual($0.ttl, in: .live).nanoseconds) })
        let hosts = Dictionary(
            uniqueKeysWithValues: (0..<cluster.instances).map { (Int32($0), Int32(cluster.host(ofInstance: $0))) })
        return switch self {
        case .linearizable: LinearizableByVersions()
        case .freshAfterInvalidation: FreshAfterInvalidation()
        case .sessions: Sessions()
        case .staleness(let limit): BoundedStaleness(limit: limit?.nanoseconds)
        case .convergence: Convergence()
        case .expiry(let tolerance):
            Expiry(lifetimes: lifetimes, tolerance: tolerance.nanoseconds, hosts: hosts)
        case .tags: Tags(lifetimes: lifetimes)
        case .loads: Loads()
        }
    }
}
