extension ScenarioDecoder {
    mutating func decodeChecks(_ value: Value?) {
        guard let elements = value?.list(of: "checks") else { return }
        var seen: Set<String> = []
        for element in elements {
            let place = Value(node: element.node, subject: "checks", context: context)
            guard let (check, key) = CheckDecoder(isAlone: false).decode(place) else { continue }
            guard seen.insert(check.word).inserted else {
                key.report(found: "\(check.word) for the second time", expected: "each check once")
                continue
            }
            scenario.checks.append(check)
            examine(check, key)
        }
    }

    /// Reports a check that this scenario cannot pass or can never examine.
    private func examine(_ check: CheckDeclaration, _ place: Value) {
        if case .linearizable = check {
            let modes = scenario.variation.invalidation ?? [scenario.cluster.invalidation]
            if modes.contains(.announced) {
                place.report(
                    found: "linearizable with announced invalidation, which does not promise it",
                    expected: "invalidation: acknowledged, or the checks sessions and staleness")
            }
        }
        if case .expiry = check, !layersAreComplete { return }
        if case .serialisation = check, !recordsAreComplete { return }
        guard phasesAreComplete, let missing = check.missingRequirement(in: scenario) else { return }
        place.report(found: "\(check.word), which this scenario can never examine", expected: missing)
    }
}

extension ScenarioDecoder {
    mutating func decodeTargets(_ value: Value?) {
        var decoder = TargetListDecoder(
            context: context, table: table, metrics: Metric.ofCluster,
            producer: phasesAreComplete ? scenario : nil, knowsLayers: layersAreComplete)
        decoder.decode(value)
        scenario.targets = decoder.targets
    }
}
