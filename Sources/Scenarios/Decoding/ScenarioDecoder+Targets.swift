extension ScenarioDecoder {
    mutating func decodeTargets(_ value: Value?) {
        var decoder = TargetListDecoder(
            context: context, table: table, metrics: Metric.ofCluster,
            producer: phasesAreComplete ? scenario : nil, knowsLayers: layersAreComplete)
        decoder.decode(value)
        scenario.targets = decoder.targets
    }
}
