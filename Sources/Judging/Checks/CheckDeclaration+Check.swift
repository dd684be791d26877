import Checking
import History
import Scenarios

extension CheckDeclaration {
    /// The same question, with what the cluster of a scenario says about lifetimes and hosts.
    package func completed(for cluster: Cluster, in world: World) -> CheckDeclaration {
        let lifetimes = Dictionary(
            uniqueKeysWithValues: cluster.layers.map { ($0.layer, cluster.actual($0.ttl, in: world)) })
        return switch self {
        case .expiry(let tolerance, _, _):
            .expiry(
                tolerance: tolerance, lifetimes: lifetimes,
                hosts: (0..<cluster.instances).map { cluster.host(ofInstance: $0) })
        case .tags(_, let grace): .tags(lifetimes: lifetimes, grace: grace)
        case .connections: .connections(limit: cluster.manager?.connections)
        default: self
        }
    }

    /// The same question, with what a run says about who heard everything.
    package func completed(by record: RunRecord) -> CheckDeclaration {
        if case .delivery = self { .delivery(inOneOrder: true, subscribers: record.subscribers) } else { self }
    }

    /// The check that answers the question.
    /// - Parameter search: how to search for an order of operations where nothing faster decides.
    public func check(searching search: LinearizableBySearch = LinearizableBySearch()) -> any Check {
        check(searching: search, contents: nil)
    }

    /// - Parameter contents: what the values were that the history has numbers for.
    package func check(
        searching search: LinearizableBySearch = LinearizableBySearch(), contents: ContentLedger?
    ) -> any Check {
        switch self {
        case .linearizable(.automatic): Linearizable(search: search)
        case .linearizable(.versions): LinearizableByVersions()
        case .linearizable(.zones): LinearizableByZones()
        case .linearizable(.search): search
        case .freshAfterInvalidation(let grace): FreshAfterInvalidation(grace: grace?.nanoseconds)
        case .sessions: Sessions()
        case .staleness(let limit): BoundedStaleness(limit: limit?.nanoseconds)
        case .convergence: Convergence()
        case .expiry(let tolerance, let lifetimes, let hosts):
            Expiry(
                lifetimes: (lifetimes ?? [:]).mapValues(\.nanoseconds), tolerance: tolerance.nanoseconds,
                hosts: hosts.map { Dictionary(uniqueKeysWithValues: $0.enumerated().map { (Int32($0), Int32($1)) }) })
        case .tags(let lifetimes, let grace):
            Tags(lifetimes: (lifetimes ?? [:]).mapValues(\.nanoseconds), grace: grace?.nanoseconds)
        case .loads(let limit, let scope): Loads(scope: scope.checked, limit: limit)
        case .delivery(let inOneOrder, let subscribers):
            Delivery(
                subscribers: subscribers.isEmpty ? nil : Set(subscribers.map { Int32($0) }),
                order: inOneOrder ? .channel : .sender)
        case .serialisation:
            Serialisation { written, found in contents?.difference(between: written, and: found) }
        case .isolation: Isolation()
        case .resources(let most, let final):
            Resources(limits: most.mapValues(Int64.init), finalLimits: final.mapValues(Int64.init))
        case .connections(let limit): Connections(limit: Int64(limit ?? 0))
        }
    }
}

extension CheckDeclaration.LoadScope {
    /// The word of the check itself.
    var checked: Loads.Scope {
        switch self {
        case .instance: .instance
        case .cluster: .cluster
        }
    }
}
