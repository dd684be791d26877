import History

extension ScenarioDecoder {
    mutating func decodeCluster(_ value: Value?) {
        let words = [
            "instances", "hosts", "workers", "placement", "invalidation", "lease", "time-scale", "layers", "provider",
            "manager", "application", "tenants", "bus", "bus-length",
        ]
        guard let value, let fields = Fields(value, known: words) else {
            layersAreComplete = false
            return
        }
        var cluster = Cluster(layers: [])
        let instances = fields.required("instances", "how many copies of the application")
        let instanceCount = instances?.count(in: 1...256)
        cluster.instances = instanceCount ?? 1
        cluster.workers = fields["workers"]?.count(in: 1...1024) ?? 1
        if let hosts = fields["hosts"], let count = hosts.count(in: 1...256) {
            // Without a right number of instances, the hosts cannot be judged.
            cluster.hosts = instanceCount == nil ? 1 : count
            if let instanceCount, count > instanceCount {
                hosts.report(
                    found: "\(count) hosts for \(plural(instanceCount, "instance"))",
                    expected: "at most one host for each instance")
            }
        }
        cluster.placement = fields["placement"]?.choice() ?? .tasks
        // A subject says itself what it promises.
        let invalidation =
            scenario.subject == nil
            ? fields.required("invalidation", "acknowledged or announced") : fields["invalidation"]
        cluster.invalidation = invalidation?.choice() ?? .acknowledged
        decodeBus(fields, into: &cluster)
        if let value = fields["lease"], let lease = value.duration() {
            cluster.lease = lease
            if lease < Cluster.shortestLease {
                value.reject(
                    expected: "a lease of 100ms or more, for an instance says four times a lease that it is alive")
            }
        }
        if let versions = fields["application"]?.listOrOne(of: "versions of the application, such as [1, 2]") {
            let known = versions.compactMap { $0.count(in: 1...1_000_000) }
            if !known.isEmpty { cluster.applications = known }
        }
        if let tenants = fields["tenants"] { cluster.tenants = decodeTenants(tenants) }
        if let manager = fields["manager"] { cluster.manager = decodeManager(manager) }
        if let scale = fields["time-scale"] {
            cluster.timeScale = scale.number(in: 1...1_000_000, expected: "a number from 1 to 1000000") ?? 1
        }
        if let provider = fields["provider"] {
            decode(provider, fields, into: &cluster)
        } else if scenario.subject != nil, fields["layers"] == nil {
            cluster.layers = Layer.caches.map { LayerDeclaration($0) }
        } else if let list = fields.required("layers", "a list of layers, innermost first, such as L1: { ttl: 60s }")?
            .list(
                of: "layers")
        {
            cluster.layers = decodeLayers(list)
            layersAreComplete = cluster.layers.count == list.count
        } else {
            layersAreComplete = false
        }
        scenario.cluster = cluster
    }

    private func decodeBus(_ fields: Fields, into cluster: inout Cluster) {
        cluster.bus = fields["bus"]?.choice() ?? .pubSub
        if let value = fields["bus"], fields["provider"] != nil {
            value.report(
                found: "a bus with a provider", expected: "layers, for a provider hears of writes through the storage")
        }
        guard let length = fields["bus-length"] else { return }
        cluster.busLength = length.count("entries", in: 1...100_000_000) ?? Cluster.usualBusLength
        if cluster.bus != .streams {
            length.report(found: "a length of the bus pub-sub", expected: "bus: streams, for a channel keeps nothing")
        }
    }

    /// Names may hold anything, and differ where their bytes differ.
    private func decodeTenants(_ value: Value) -> [String] {
        var tenants: [String] = []
        for element in value.listOrOne(of: "names of applications") ?? [] {
            guard let name = element.text("a name of an application, which is not empty") else { continue }
            if tenants.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
                element.report(found: "\(Value.quoted(name)) for the second time", expected: "each application once")
            }
            tenants.append(name)
        }
        return tenants
    }

    private func decodeLayers(_ elements: [Value]) -> [LayerDeclaration] {
        var layers: [LayerDeclaration] = []
        for element in elements {
            guard let worded = WordedElement(element, words: Layer.caches.map(\.name), what: "a layer"),
                let layer = Layer(name: worded.word)
            else { continue }
            if layers.contains(where: { $0.layer == layer }) {
                worded.key.report(found: "\(layer.name) for the second time", expected: "each layer once")
                continue
            }
            if let outer = layers.last(where: { $0.layer > layer }) {
                worded.key.report(
                    found: "\(layer.name) after \(outer.layer.name)", expected: "innermost first: L1, L2, L3, redis")
            }
            layers.append(decodeLayer(layer, worded))
        }
        return layers
    }

    private func decodeLayer(_ layer: Layer, _ worded: WordedElement) -> LayerDeclaration {
        var declaration = LayerDeclaration(layer)
        // A layer by its name alone takes all defaults.
        guard let body = worded.body, !body.isNothing else { return declaration }
        let words = layer == .redis ? ["ttl"] : ["capacity", "ttl", "eviction"]
        guard let fields = Fields(body, known: words) else { return declaration }
        declaration.capacity = fields["capacity"]?.count("entries", in: 1...100_000_000)
        if let ttl = fields["ttl"]?.duration() { declaration.ttl = ttl }
        if let eviction = fields["eviction"] {
            declaration.eviction = eviction.choice() ?? .lru
            if fields["capacity"] == nil {
                context.report(
                    at: fields.keyPosition("eviction"), eviction.subject, found: "an eviction without a capacity",
                    expected: "a capacity, for a layer without one is never full")
            }
        }
        return declaration
    }

    func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

extension ScenarioDecoder {
    /// What instances that are processes cannot do: no other process sees the contents of their values, and each would
    /// have a provider of its own.
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
