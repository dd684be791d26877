import History

/// One combination of what a scenario varies, ready to run.
public struct ScenarioVariant: Sendable, Hashable {
    /// What makes it this variant: `layers=L1+L2, keys=50`; empty if nothing varies.
    public var label: String
    /// The scenario with the values of this combination put in and nothing left to vary. Its name carries the label:
    /// `Layer consistency [layers=L1+L2]`.
    public var scenario: Scenario

    /// Makes it; each argument is the property of the same name.
    public init(label: String, scenario: Scenario) {
        self.label = label
        self.scenario = scenario
    }
}

extension Scenario {
    /// What is to be run: the combinations of everything that is varied, or the scenario itself.
    ///
    /// The properties vary in the order layers, keys, instances, workers, invalidation, the last the fastest. A target
    /// that is narrowed to a layer or to an instance that a variant does without is not a target of that variant, and
    /// is one of its ``targetsWithoutSubject``.
    public func variants() -> [ScenarioVariant] {
        var base = self
        base.variation = Variation()
        var variants = [ScenarioVariant(label: "", scenario: base)]

        func vary<Value>(
            _ word: String, _ values: [Value]?, text: (Value) -> String, set: (inout Scenario, Value) -> Void
        ) {
            guard let values else { return }
            variants = variants.flatMap { variant in
                values.map { value in
                    var next = variant
                    next.label += (next.label.isEmpty ? "" : ", ") + "\(word)=\(text(value))"
                    set(&next.scenario, value)
                    return next
                }
            }
        }

        vary("layers", variation.layers, text: { $0.map(\.name).joined(separator: "+") }) { scenario, layers in
            scenario.cluster.layers.removeAll { !layers.contains($0.layer) }
        }
        vary("keys", variation.keys, text: String.init) { scenario, keys in
            for index in scenario.data.indices { scenario.data[index].keys = keys }
        }
        vary("instances", variation.instances, text: String.init) { $0.cluster.instances = $1 }
        vary("workers", variation.workers, text: String.init) { $0.cluster.workers = $1 }
        vary("invalidation", variation.invalidation, text: \.rawValue) { $0.cluster.invalidation = $1 }

        for index in variants.indices where !variants[index].label.isEmpty {
            variants[index].scenario.name = "\(name) [\(variants[index].label)]"
            variants[index].scenario.variant = variants[index].label
            variants[index].scenario.dropTargetsWithoutSubject()
        }
        return variants
    }

    /// Sets the targets apart that are narrowed to a layer or an instance that this cluster does not have.
    private mutating func dropTargetsWithoutSubject() {
        let declared = targets
        targetsWithoutSubject = declared.filter { missingSubject(of: $0) != nil }
        targets = declared.filter { missingSubject(of: $0) == nil }
    }

    /// The layer or the instance that a target is narrowed to and that the cluster does not have; `nil` if it has it.
    public func missingSubject(of target: Target) -> String? {
        if let layer = target.where["layer"], layer != "origin",
            !cluster.layers.contains(where: { $0.layer.name == layer })
        {
            return "layer \(layer)"
        }
        if let instance = target.where["instance"].flatMap({ Int($0) }), instance > cluster.instances {
            return "instance \(instance)"
        }
        return nil
    }
}

extension Scenario {
    /// What each of the applications that share a Redis runs; none if it is one application alone.
    public func tenants() -> [(name: String, scenario: Scenario)] {
        cluster.tenants.map { tenant in
            var scenario = self
            scenario.cluster.tenants = [tenant]
            scenario.name = "\(name) [tenant=\(tenant.debugDescription)]"
            return (tenant, scenario)
        }
    }
}
