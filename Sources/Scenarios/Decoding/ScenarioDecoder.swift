import History

/// Turns the document of a scenario into a ``Scenario``, and reports every error on the way.
///
/// Parts that are wrong are replaced by something harmless, so that the parts that depend on them can still be judged;
/// what comes out is used only if nothing was reported.
struct ScenarioDecoder {
    static let words =
        Heading.words + [
            "worlds", "not-simulated-because", "subject", "requires", "cluster",
            "data", "phases", "faults", "checks", "targets", "vary",
        ]
    /// More variants than this are an error.
    static let mostVariants = 1000

    let context: DecodingContext
    /// Finds and decodes the table of that name.
    let table: (_ name: String) -> TableLookup
    /// Finds and reads the record of that name.
    let record: (_ name: String) -> RecordFinder.LookUp

    /// Whether the caller has a cache under test of its own, which the file need not declare.
    var isForSubject = false
    var scenario: Scenario
    /// The names of all data sets that the file declares, also of those with errors in them.
    var dataNames: [String] = []
    /// Whether all phases could be decoded, so that it is known what the scenario does.
    var phasesAreComplete = true
    /// Whether the records of all data sets are known.
    var recordsAreComplete = true
    /// Whether all layers are known.
    var layersAreComplete = true

    init(
        context: DecodingContext, table: @escaping (String) -> TableLookup,
        record: @escaping (String) -> RecordFinder.LookUp
    ) {
        self.context = context
        self.table = table
        self.record = record
        self.scenario = Scenario(name: "", file: context.file, cluster: Cluster(), data: [], phases: [])
    }

    mutating func decode(_ root: Value) -> Scenario? {
        guard
            let fields = Fields(
                root, known: Self.words, expected: "a scenario: a mapping with scenario, cluster, data, phases")
        else { return nil }
        let heading = Heading(fields)
        scenario.name = heading.name
        scenario.description = heading.description
        scenario.impact = heading.impact
        scenario.isRunOnlyWhenNamed = heading.isRunOnlyWhenNamed
        scenario.labels = heading.labels
        decodeWorlds(fields)
        decodeSubject(fields["subject"])
        decodeRequirements(fields["requires"])
        decodeCluster(fields.required("cluster", "instances, workers, layers, …"))
        decodeData(fields.required("data", "data sets, such as permissions: { keys: 100, value: 200 B }"))
        decodeVariation(fields["vary"])
        checkApplications(fields["cluster"])
        checkAmounts(fields["data"])
        decodePhases(fields.required("phases", "a list of phases, such as read: { data: …, by: every worker }"))
        decodeFaults(fields["faults"])
        checkProvider(fields)
        checkPlacement(fields)
        checkSubject(fields)
        checkManager(fields)
        decodeChecks(fields["checks"])
        decodeTargets(fields["targets"])
        // What a subject promises is checked if nothing else is asked.
        if fields["checks"] == nil, fields["targets"] == nil, scenario.subject == nil {
            context.report(
                at: root.position, "", found: "neither checks nor targets",
                expected: "at least one of them: a scenario that judges nothing cannot fail")
        }
        checkTimeScale(fields["cluster"])
        checkTenants(fields["cluster"])
        return context.diagnostics.isEmpty ? scenario : nil
    }

    private mutating func decodeWorlds(_ fields: Fields) {
        if let value = fields["worlds"], let elements = value.listOrOne(of: "worlds: live, simulated") {
            let words = World.declarable.map(\.rawValue)
            let worlds = uniqueTexts(elements) { $0.word(of: words) }.compactMap(World.init(rawValue:))
            if !worlds.isEmpty { scenario.worlds = worlds }
        }
        guard let reason = fields["not-simulated-because"] else { return }
        scenario.notSimulatedBecause = reason.text("a reason")
        if scenario.worlds.contains(.simulated) {
            context.report(
                at: fields.keyPosition("not-simulated-because"), "not-simulated-because",
                found: "a reason not to simulate a scenario whose worlds include simulated", expected: "worlds: [live]")
        }
    }

    /// Applications that share a Redis need one, and one server's faults are all of theirs.
    private func checkTenants(_ cluster: Value?) {
        guard !scenario.cluster.tenants.isEmpty, let cluster, let place = Fields(silently: cluster)?["tenants"] else {
            return
        }
        if scenario.worlds != [.live] {
            place.report(
                found: "tenants in the simulated world, in which nobody shares a Redis", expected: "worlds: live")
        }
        if !scenario.faults.isEmpty {
            place.report(found: "tenants and faults", expected: "one of them")
        }
    }

    /// A time scale must have something to scale, and leave deadlines that a cache can keep.
    private func checkTimeScale(_ cluster: Value?) {
        guard scenario.cluster.timeScale != 1, let cluster, let fields = Fields(silently: cluster),
            let value = fields["time-scale"]
        else { return }
        if !scenario.worlds.contains(.live) {
            value.report(
                found: "a time scale without the live world", expected: "worlds with live in them, or no time-scale")
        }
        let declaresTTL = fields["layers"].map { Fields.anyMentions("ttl", in: $0) } ?? false
        if !declaresTTL, phasesAreComplete, !scenario.does(.waits) {
            value.report(
                found: "a time scale with nothing to scale", expected: "a ttl or a wait phase, or no time-scale")
        }
        for layer in scenario.cluster.layers
        where scenario.cluster.actual(layer.ttl, in: .live) < .milliseconds(1) {
            let actual = Quantity(scenario.cluster.actual(layer.ttl, in: .live) / .nanoseconds(1), .nanoseconds)
            value.report(
                found: "a time scale that makes the ttl of \(layer.layer.name) \(actual)",
                expected: "1 ms or more, the shortest that Redis keeps")
        }
    }

    /// The texts of some elements, each only once; a repetition is reported.
    func uniqueTexts(_ elements: [Value], _ decode: (Value) -> String?) -> [String] {
        elements.uniqueTexts(decode)
    }
}
