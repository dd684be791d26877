import History

extension Metric {
    /// Whether a scenario measures it, in one of its worlds and variants.
    public func isProduced(by scenario: Scenario) -> Bool {
        switch self {
        case .redisRoundTrip: scenario.worlds.contains(.live)
        case .recovery: scenario.worlds.contains(.live) && !phases(producingIn: scenario).isEmpty
        case .breakerOpenings: scenario.cluster.manager != nil
        case .breakerOpen: scenario.cluster.manager != nil && !phases(producingIn: scenario).isEmpty
        case .hitRatio: scenario.does(.reads)
        case .loads: scenario.does([.reads, .warms])
        default: !phases(producingIn: scenario).isEmpty
        }
    }

    /// The values that a label can have in a scenario, in order; empty if the metric has no such label there.
    public func values(of label: Label, in scenario: Scenario) -> [String] {
        guard labels.contains(label), isProduced(by: scenario) else { return [] }
        switch label {
        case .phase: return phases(producingIn: scenario).map(\.name)
        case .layer: return scenario.cluster.layers.map(\.layer.name) + (self == .readLatency ? ["origin"] : [])
        case .instance:
            let isByAll = phases(producingIn: scenario).contains { phase in
                if case .sweep(let sweep) = phase.action { return sweep.by != .oneWorker }
                return true
            }
            return (1...max(1, isByAll ? scenario.mostInstances : 1)).map(String.init)
        }
    }

    /// What a scenario must do to produce it, for error messages.
    var source: String {
        switch self {
        case .readLatency, .hitRatio: "a phase that reads"
        case .writeLatency: "a phase that writes or deletes"
        case .invalidationLatency: "a phase that invalidates keys or tags"
        case .propagation: "a phase that writes, deletes or invalidates"
        case .staleness, .stalenessVersions: "a phase that reads after a write or a delete"
        case .warmingDuration, .warmingCoverage: "a warm phase"
        case .consistencyDuration, .consistencyAgreement: "an inspect phase"
        case .loads: "a phase that reads or warms"
        case .redisRoundTrip: "the live world"
        case .recovery: "a fault, and the live world"
        case .breakerOpenings: "a manager in the cluster"
        case .breakerOpen: "a manager in the cluster, and a fault"
        case _ where Metric.ofBridge.contains(self): "a scenario with a bridge"
        default: "a phase with operations"
        }
    }

    private func phases(producingIn scenario: Scenario) -> [Phase] {
        switch self {
        case .readLatency: scenario.phases.filter { $0.does(.reads) }
        case .writeLatency: scenario.phases.filter { $0.does(.writes) }
        case .invalidationLatency: scenario.phases.filter { $0.does([.invalidates, .invalidatesTags]) }
        case .propagation: scenario.phases.filter { $0.does(.changes) }
        case .staleness, .stalenessVersions: scenario.phases(doing: .reads, after: .writes)
        case .warmingDuration, .warmingCoverage: scenario.phases.filter { $0.does(.warms) }
        case .consistencyDuration, .consistencyAgreement: scenario.phases.filter { $0.does(.inspects) }
        case .recovery:
            scenario.phases.filter { phase in
                scenario.faults.contains { $0.phases.last == phase.name && $0.needsRecovery }
            }
        case .breakerOpen:
            scenario.phases.filter { phase in scenario.faults.contains { $0.phases.contains(phase.name) } }
        case .throughput, .operationsFailed: scenario.phases.filter { $0.does(.operations) }
        default: []
        }
    }
}
