extension ScenarioDecoder {
    /// What instances that are processes cannot do: nobody else sees the contents of their values, and each would have a
    /// provider of its own.
    func checkPlacement(_ root: Fields) {
        guard scenario.cluster.placement == .processes,
            let value = root["cluster"].flatMap({ Fields(silently: $0) })?["placement"]
        else { return }
        if scenario.cluster.provider != nil {
            value.report(found: "processes with a provider", expected: "placement: tasks, or layers and no provider")
        }
        if let data = scenario.data.first(where: { !$0.records.isEmpty }) {
            value.report(
                found: "processes with the records of \(data.name)",
                expected: "placement: tasks, or data without records")
        }
    }
}
