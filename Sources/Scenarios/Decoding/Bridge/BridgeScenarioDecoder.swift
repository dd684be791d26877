import History
import Support
import Yams

/// Turns the document of a scenario of an event bridge into a ``BridgeScenario``, and reports every error on the way.
struct BridgeScenarioDecoder {
    static let words = Heading.words + ["bridge", "targets"]
    static let bridgeWords = [
        "instances", "publish", "subscribe", "duration", "rate", "payload", "transport", "fault",
    ]

    let context: DecodingContext
    /// Finds and decodes the table of that name.
    let table: (_ name: String) -> TableLookup

    /// Whether a document is about a bridge: it says so, or nearly, and not that it is about a cluster.
    static func isMeant(by root: Node) -> Bool {
        let keys = root.mapping?.compactMap { $0.key.scalar?.string } ?? []
        if keys.contains("bridge") { return true }
        guard !keys.contains("cluster") else { return false }
        let words = Set(ScenarioDecoder.words + Self.words)
        return keys.contains {
            !words.contains($0) && NearestWord.suggestion(for: $0, among: words.sorted()) == "bridge"
        }
    }

    func decode(_ root: Value) -> BridgeScenario? {
        let others = ScenarioDecoder.words.filter { !Self.words.contains($0) }
        guard let present = Fields(silently: root) else { return nil }
        let foreign = others.filter { present[$0] != nil }
        let fields = Fields(root, known: Self.words + foreign)
        guard let fields else { return nil }
        for word in foreign {
            context.report(
                at: fields.keyPosition(word), word, found: "\(word) beside a bridge",
                expected: word == "worlds" || word == "not-simulated-because"
                    ? "no \(word): the instances of a bridge are processes, and run live only"
                    : "a bridge and targets alone, or cluster, data and phases without it")
        }
        let heading = Heading(fields)
        let bridge = decodeBridge(fields.required("bridge", "instances, duration, rate, transport, …"))
        var scenario = BridgeScenario(
            name: heading.name, file: context.file, description: heading.description, impact: heading.impact,
            isRunOnlyWhenNamed: heading.isRunOnlyWhenNamed, bridge: bridge ?? BridgeDeclaration(instances: 2),
            targets: [])
        scenario.labels = heading.labels
        var targets = TargetListDecoder(
            context: context, table: table, metrics: Metric.ofBridge, producer: bridge == nil ? nil : scenario)
        targets.decode(fields.required("targets", "a list of targets: without one a bridge judges nothing"))
        scenario.targets = targets.targets
        return context.diagnostics.isEmpty ? scenario : nil
    }

    /// `nil` if it is not known who takes part.
    private func decodeBridge(_ value: Value?) -> BridgeDeclaration? {
        guard let value, let fields = Fields(value, known: Self.bridgeWords) else { return nil }
        let count = fields.required("instances", "how many processes")?.count(in: BridgeDeclaration.possibleInstances)
        let fault: BridgeDeclaration.Fault? = fields["fault"]?.choice()
        var bridge = BridgeDeclaration(instances: count ?? 2, fault: fault)
        if let duration = fields.required("duration", "for how long they publish, such as 30s") {
            bridge.duration = duration.duration() ?? bridge.duration
            if bridge.duration > BridgeDeclaration.longestDuration { duration.reject(expected: "at most 1d") }
        }
        if let rate = fields.required("rate", "events in a second of all publishers, such as 1000/s") {
            bridge.rate = decodeRate(rate) ?? bridge.rate
        }
        if let payload = fields["payload"] {
            bridge.payload = payload.size(upTo: BridgeDeclaration.possiblePayloads.upperBound) ?? bridge.payload
        }
        let transport = fields.required(
            "transport", Value.choice(BridgeDeclaration.Transport.allCases.map(\.rawValue)))
        bridge.transport = transport?.choice() ?? bridge.transport
        if bridge.events < 1 {
            fields["duration"]?.report(
                found: "a duration in which nothing is published at this rate", expected: "time for an event or more")
        }
        guard count != nil else { return nil }
        let instances = BridgeInstanceList(count: bridge.instances)
        if let publish = fields["publish"] {
            guard let chosen = instances.decode(publish) else { return nil }
            bridge.publishers = chosen
        }
        if let subscribe = fields["subscribe"] {
            guard let chosen = instances.decode(subscribe) else { return nil }
            bridge.subscribers = chosen
        }
        checkParts(of: bridge, fields)
        return bridge
    }

    private func decodeRate(_ value: Value) -> Int? {
        guard let rate = value.rate() else { return nil }
        guard let whole = Int(exactly: rate), BridgeDeclaration.possibleRates.contains(whole) else {
            value.reject(
                expected: "a whole rate from \(BridgeDeclaration.possibleRates.lowerBound)/s to "
                    + "\(BridgeDeclaration.possibleRates.upperBound)/s")
            return nil
        }
        return whole
    }

    /// Whether each instance publishes or subscribes, and at least one receives from another.
    private func checkParts(of bridge: BridgeDeclaration, _ fields: Fields) {
        let last = bridge.instances - 1
        if let fault = bridge.fault, fault.hitsLastInstance, let place = fields["fault"] {
            if bridge.publishers.contains(last) {
                place.report(
                    found: "\(fault.rawValue), which is done to instance \(last + 1), and that publishes",
                    expected: "publish without the last instance, or no publish")
            }
            if !bridge.subscribers.contains(last) {
                place.report(
                    found: "\(fault.rawValue), which is done to instance \(last + 1), and that does not subscribe",
                    expected: "subscribe with the last instance, or no subscribe")
            }
        }
        let idle = (0..<bridge.instances).first {
            !bridge.publishers.contains($0) && !bridge.subscribers.contains($0)
        }
        if let idle {
            fields["instances"]?.report(
                found: "instance \(idle + 1), which neither publishes nor subscribes",
                expected: "a part for each instance")
        }
        if bridge.publishers.isEmpty || Set(bridge.publishers + bridge.subscribers).count < 2 {
            fields.value.report(
                found: "a bridge on which nobody hears another", expected: "a publisher and another who subscribes")
        }
    }
}
