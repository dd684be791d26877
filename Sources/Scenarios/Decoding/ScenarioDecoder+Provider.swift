import History

extension ScenarioDecoder {
    /// A provider is a name for a choice of layers, with all their defaults.
    mutating func decode(_ provider: Value, _ fields: Fields, into cluster: inout Cluster) {
        guard let kind: ProviderKind = provider.choice() else {
            layersAreComplete = false
            return
        }
        cluster.provider = kind
        cluster.layers = kind.layers.map { LayerDeclaration($0) }
        if fields["layers"] != nil {
            context.report(
                at: fields.keyPosition("layers"), "cluster.layers", found: "layers and a provider",
                expected: "one of them: the provider \(kind.rawValue) is a choice of layers")
        }
    }

    /// What no provider can do.
    func checkProvider(_ root: Fields) {
        guard let kind = scenario.cluster.provider, let cluster = root["cluster"],
            let fields = Fields(silently: cluster)
        else { return }
        if scenario.cluster.invalidation == .acknowledged, let value = fields["invalidation"] {
            value.report(
                found: "acknowledged with a provider",
                expected: "announced: nobody knows who else has the storage's file open, and could be waited for")
        }
        if let variation = root["vary"].flatMap({ Fields(silently: $0) }) {
            for word in ["layers", "invalidation"] {
                variation[word]?.report(found: "a variation of \(word) with a provider", expected: "one of the others")
            }
        }
        guard let faults = root["faults"] else { return }
        for fault in scenario.faults {
            if fault.concernsServer, !kind.usesRedis {
                faults.report(found: "a \(fault) with the provider \(kind.rawValue)", expected: "one that uses Redis")
            }
            if fault.concernsWay {
                faults.report(
                    found: "a \(fault) with a provider",
                    expected: "a fault of Redis itself: all instances of a process share one way to it")
            }
        }
    }
}
