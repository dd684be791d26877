extension CheckDeclaration {
    /// Why a scenario can never examine the check: what it would have to do, `nil` if it does.
    ///
    /// A check that examines nothing does not pass, so such a scenario is an error.
    func missingRequirement(in scenario: Scenario) -> String? {
        switch self {
        case .linearizable, .sessions, .staleness:
            scenario.phases(doing: .reads, after: .writes).isEmpty
                ? "a phase that reads after a write or a delete, or a mix of both" : nil
        case .freshAfterInvalidation:
            scenario.phases(doing: .reads, after: .changes).isEmpty
                ? "a phase that reads after a write, a delete or an invalidation, or a mix of both" : nil
        case .convergence:
            scenario.phases(doing: .inspects, after: .operations).isEmpty
                ? "an inspect phase after the operations: - inspect: everything" : nil
        case .expiry: Self.missingForExpiry(in: scenario)
        case .tags: Self.missingForTags(in: scenario)
        case .loads:
            scenario.does([.reads, .warms]) ? nil : "a phase that reads or warms"
        case .resources: nil
        case .connections: scenario.cluster.manager == nil ? "a manager in the cluster" : nil
        case .serialisation:
            !scenario.data.contains { !$0.records.isEmpty }
                ? "data with records" : scenario.does([.reads, .inspects]) ? nil : "a phase that reads or inspects"
        case .delivery:
            scenario.cluster.instances < 2
                ? "two instances or more"
                : scenario.phases(doing: .inspects, after: .changes).isEmpty
                    ? "an inspect phase after a write, a delete or an invalidation" : nil
        case .isolation: "the history of another cache: a run does not record what it would need"
        }
    }

    /// A deadline can be outlived only if the waits that follow a fill, taken together, reach the shortest TTL.
    private static func missingForExpiry(in scenario: Scenario) -> String? {
        let shortest = scenario.cluster.layers.map(\.ttl).min() ?? .zero
        var isFilled = false
        var waited = Duration.zero
        for phase in scenario.phases {
            if case .wait(let time) = phase.action, isFilled { waited += time }
            if waited >= shortest, phase.does([.reads, .inspects]) { return nil }
            if phase.does(.fills) { isFilled = true }
        }
        let nanoseconds = shortest / .nanoseconds(1)
        let time = Quantity(nanoseconds, .nanoseconds)
        return "waits of \(time) or more (the shortest ttl) after a fill, then a read or an inspect phase"
    }

    private static func missingForTags(in scenario: Scenario) -> String? {
        guard scenario.does(.invalidatesTags) else { return "a phase that invalidates tags" }
        return scenario.phases(doing: [.reads, .inspects], after: .invalidatesTags).isEmpty
            ? "a read or an inspect phase after the tags were invalidated" : nil
    }
}
