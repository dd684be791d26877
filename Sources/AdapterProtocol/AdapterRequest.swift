/// What the runner asks an adapter to do: one line of JSON on the adapter's standard input.
package struct AdapterRequest: Sendable, Encodable {
    /// Repeated in the answer. Unique among the requests of one process.
    package var id: Int64
    package var operation: AdapterOperation
    /// Which of the instance's workers does it, counted from 0; `nil` for what concerns the whole instance.
    package var worker: Int?
    package var key: String?
    package var keys: [String]?
    package var value: String?
    package var tags: [String]?
    package var tag: String?
    package var layer: String?
    /// Of a reset: what the keys of the next run begin with.
    package var namespace: String?
    package var start: AdapterStart?

    package init(id: Int64, _ operation: AdapterOperation, worker: Int? = nil, key: String? = nil) {
        self.id = id
        self.operation = operation
        self.worker = worker
        self.key = key
    }

    enum CodingKeys: String, CodingKey {
        case id, worker, key, keys, value, tags, tag, layer, namespace
        case operation = "op"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(operation, forKey: .operation)
        try container.encodeIfPresent(worker, forKey: .worker)
        try container.encodeIfPresent(key, forKey: .key)
        try container.encodeIfPresent(keys, forKey: .keys)
        try container.encodeIfPresent(value, forKey: .value)
        try container.encodeIfPresent(tags, forKey: .tags)
        try container.encodeIfPresent(tag, forKey: .tag)
        try container.encodeIfPresent(layer, forKey: .layer)
        try container.encodeIfPresent(namespace, forKey: .namespace)
        try start?.encode(to: encoder)
    }
}

/// What an adapter can be asked to do.
package enum AdapterOperation: String, Sendable, Codable, CaseIterable {
    /// Starts the cache: the first request, asked once.
    case initialise = "init"
    /// Reads a key through the cache, as the application does.
    case read
    /// Reads several keys in one call.
    case readMany
    /// Writes a key, as the application does.
    case write
    /// Deletes a key, as the application does.
    case delete
    /// Drops a key from the cache; the origin keeps it.
    case invalidate
    /// Drops everything that carries a tag.
    case invalidateTag
    /// Drops everything.
    case clear
    /// Looks into one layer for some keys, and fills nothing.
    case inspect
    /// Returns when everything that the cache does by itself (announcements, refreshes) has been done.
    case quiesce
    /// Forgets everything, and goes on under another namespace.
    case reset
    /// Leaves the cluster in order. The end of standard input follows.
    case shutdown

    /// What an adapter may leave out. An adapter that cannot read has nothing to be tested.
    package static let optional: [AdapterOperation] = [
        .write, .delete, .invalidate, .invalidateTag, .clear, .inspect, .quiesce, .reset, .readMany,
    ]
}

/// The fields of the first request: what an instance needs to know.
package struct AdapterStart: Sendable, Encodable {
    /// The version of the protocol that the runner speaks.
    package var protocolVersion = AdapterStart.version
    /// Counted from 0.
    package var instance: Int
    package var instances: Int
    package var workers: Int
    /// Where the cache finds its Redis; `nil` if the scenario has none.
    package var redis: String?
    /// A folder that the instances of one host share. It is removed after the run.
    package var directory: String
    /// Begins every key in Redis, so that runs do not meet.
    package var namespace: String
    package var seed: UInt64
    /// What the scenario says under `config`, as text.
    package var configuration: [String: String]

    /// The newest version of the protocol.
    package static let version = 1

    package init(
        instance: Int = 0, instances: Int = 1, workers: Int = 1, redis: String? = nil, directory: String,
        namespace: String, seed: UInt64 = 0, configuration: [String: String] = [:]
    ) {
        self.instance = instance
        self.instances = instances
        self.workers = workers
        self.redis = redis
        self.directory = directory
        self.namespace = namespace
        self.seed = seed
        self.configuration = configuration
    }

    enum CodingKeys: String, CodingKey {
        case instance, instances, workers, redis, directory, namespace, seed
        case protocolVersion = "protocol"
        case configuration = "config"
    }
}

/// The runner's answer to what an adapter asked of the origin.
package struct OriginAnswer: Sendable, Encodable {
    package enum Outcome: Sendable {
        /// The value at the origin, `nil` if nothing exists, the tags that it carries, and its version.
        case loaded(String?, tags: [String] = [], version: Int64 = 0)
        /// The version that the commit was given.
        case committed(version: Int64 = 0)
        case failed(String)
    }

    package var ask: Int64
    package var outcome: Outcome

    package init(ask: Int64, outcome: Outcome) {
        self.ask = ask
        self.outcome = outcome
    }

    private enum CodingKeys: String, CodingKey { case ask, ok, failed }
    private enum ValueKeys: String, CodingKey { case value, tags, version }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(ask, forKey: .ask)
        switch outcome {
        case .failed(let reason): try container.encode(reason, forKey: .failed)
        case .committed(let version):
            var ok = container.nestedContainer(keyedBy: ValueKeys.self, forKey: .ok)
            if version > 0 { try ok.encode(version, forKey: .version) }
        case .loaded(let value, let tags, let version):
            var ok = container.nestedContainer(keyedBy: ValueKeys.self, forKey: .ok)
            try ok.encode(value, forKey: .value)
            if !tags.isEmpty { try ok.encode(tags, forKey: .tags) }
            if version > 0 { try ok.encode(version, forKey: .version) }
        }
    }
}
