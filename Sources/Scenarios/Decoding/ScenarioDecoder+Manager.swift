import History

extension ScenarioDecoder {
    /// What is wrong in it is reported, and replaced by its default.
    func decodeManager(_ value: Value) -> ManagerDeclaration {
        var manager = ManagerDeclaration()
        // The word alone takes all defaults.
        if value.isNothing { return manager }
        let example = "{ connections: 20, breaker: { failures: 5, rest: 100ms, longest-rest: 1s } }"
        guard let fields = Fields(value, known: ["connections", "breaker"], expected: example) else {
            return manager
        }
        if let count = fields["connections"]?.count(in: ManagerDeclaration.bounds) { manager.connections = count }
        guard let breaker = fields["breaker"],
            let parts = Fields(breaker, known: ["failures", "rest", "longest-rest"])
        else { return manager }
        if let failures = parts["failures"]?.count(in: 1...1_000_000) { manager.failures = failures }
        if let rest = parts["rest"]?.duration() {
            manager.rest = rest
            manager.longestRest = max(rest, manager.longestRest)
        }
        if let place = parts["longest-rest"], let longest = place.duration() {
            manager.longestRest = longest
            if longest < manager.rest {
                let rest = Quantity(manager.rest / .nanoseconds(1), .nanoseconds)
                place.reject(expected: "\(rest) or more, the first rest, for it only grows")
            }
        }
        return manager
    }

    /// What a manager needs, and what cannot happen to one instance alone of those that share it.
    func checkManager(_ root: Fields) {
        guard scenario.cluster.manager != nil, let cluster = root["cluster"].flatMap({ Fields(silently: $0) }),
            let place = cluster["manager"]
        else { return }
        if scenario.worlds != [.live] {
            place.report(
                found: "a manager in the simulated world, in which nobody opens connections", expected: "worlds: live")
        }
        if let provider = scenario.cluster.provider, !provider.usesRedis {
            place.report(
                found: "a manager with the provider \(provider.rawValue), which uses no Redis",
                expected: "one that uses Redis")
        }
        guard scenario.cluster.placement == .tasks, scenario.cluster.provider == nil, let faults = root["faults"] else {
            return
        }
        for fault in scenario.faults where fault.concernsWay {
            faults.report(
                found: "a \(fault) with a manager that all instances share",
                expected: "a fault of Redis itself, or placement: processes, where each instance has its own")
        }
    }
}
