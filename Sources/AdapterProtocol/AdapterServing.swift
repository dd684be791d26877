import Foundation

// The adapter's side of the protocol: requests and the origin's answers are read, answers and questions are written.

/// What a runner says to an adapter: one line.
package enum RunnerLine: Sendable {
    case request(AdapterRequest)
    case origin(ask: Int64, OriginAnswer.Outcome)

    /// Reads one line, without its end.
    /// - Throws: `DecodingError` if it is not what a runner says.
    package init(_ line: some Sequence<UInt8>) throws {
        let data = Data(line)
        let decoder = JSONDecoder()
        let head = try decoder.decode(Head.self, from: data)
        if let ask = head.ask {
            self = .origin(ask: ask, try decoder.decode(Origin.self, from: data).outcome)
        } else {
            self = .request(try decoder.decode(AdapterRequest.self, from: data))
        }
    }

    private struct Head: Decodable {
        var ask: Int64?
    }

    private struct Origin: Decodable {
        struct Found: Decodable {
            var value: String?
            var tags: [String]?
            var version: Int64?
        }

        var ok: Found?
        var failed: String?

        var outcome: OriginAnswer.Outcome {
            if let failed { return .failed(failed) }
            return .loaded(ok?.value, tags: ok?.tags ?? [], version: ok?.version ?? 0)
        }
    }
}

extension AdapterRequest: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            id: try fields.decode(Int64.self, forKey: .id),
            try fields.decode(AdapterOperation.self, forKey: .operation),
            worker: try fields.decodeIfPresent(Int.self, forKey: .worker),
            key: try fields.decodeIfPresent(String.self, forKey: .key))
        keys = try fields.decodeIfPresent([String].self, forKey: .keys)
        value = try fields.decodeIfPresent(String.self, forKey: .value)
        tags = try fields.decodeIfPresent([String].self, forKey: .tags)
        tag = try fields.decodeIfPresent(String.self, forKey: .tag)
        layer = try fields.decodeIfPresent(String.self, forKey: .layer)
        namespace = try fields.decodeIfPresent(String.self, forKey: .namespace)
        if operation == .initialise { start = try AdapterStart(from: decoder) }
    }
}

extension AdapterStart: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            instance: try fields.decodeIfPresent(Int.self, forKey: .instance) ?? 0,
            instances: try fields.decodeIfPresent(Int.self, forKey: .instances) ?? 1,
            workers: try fields.decodeIfPresent(Int.self, forKey: .workers) ?? 1,
            redis: try fields.decodeIfPresent(String.self, forKey: .redis),
            directory: try fields.decodeIfPresent(String.self, forKey: .directory) ?? "",
            namespace: try fields.decodeIfPresent(String.self, forKey: .namespace) ?? "",
            seed: try fields.decodeIfPresent(UInt64.self, forKey: .seed) ?? 0,
            configuration: try fields.decodeIfPresent([String: String].self, forKey: .configuration) ?? [:])
        protocolVersion = try fields.decodeIfPresent(Int.self, forKey: .protocolVersion) ?? 1
    }
}

/// What an adapter says, as it is written.
package struct SaidLine: Encodable {
    private enum Content {
        case answer(id: Int64, AdapterAnswer.Outcome, ClosedRange<Int64>)
        case ask(AdapterAsk)
    }

    private let content: Content

    package init(answering id: Int64, _ outcome: AdapterAnswer.Outcome, during interval: ClosedRange<Int64>) {
        content = .answer(id: id, outcome, interval)
    }

    package init(_ ask: AdapterAsk) { content = .ask(ask) }

    private enum Key: String, CodingKey {
        case id, t0, t1, ok, failed, unknown, unsupported, ask, op, key, value, worker
        case miss, layer, values, entries, name, version, operations, layers, promises, grace
        case protocolVersion = "protocol"
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        switch content {
        case .ask(let ask):
            try fields.encode(ask.number, forKey: .ask)
            try fields.encode(ask.key, forKey: .key)
            try fields.encodeIfPresent(ask.worker, forKey: .worker)
            try fields.encodeIfPresent(ask.start, forKey: .t0)
            switch ask.question {
            case .load: try fields.encode("load", forKey: .op)
            case .commit(let value):
                try fields.encode("commit", forKey: .op)
                try fields.encode(value, forKey: .value)
            }
        case .answer(let id, let outcome, let interval):
            try fields.encode(id, forKey: .id)
            try fields.encode(interval.lowerBound, forKey: .t0)
            try fields.encode(interval.upperBound, forKey: .t1)
            switch outcome {
            case .failed(let why): try fields.encode(why, forKey: .failed)
            case .unknown(let why): try fields.encode(why, forKey: .unknown)
            case .unsupported(let why): try fields.encode(why, forKey: .unsupported)
            case .ok(let result):
                var ok = fields.nestedContainer(keyedBy: Key.self, forKey: .ok)
                try Self.encode(result, into: &ok)
            }
        }
    }

    private static func encode(_ result: AdapterResult, into ok: inout KeyedEncodingContainer<Key>) throws {
        try ok.encodeIfPresent(result.layer, forKey: .layer)
        try ok.encodeIfPresent(result.entries, forKey: .entries)
        if let found = result.value { try encode(found, into: &ok) }
        if let findings = result.findings {
            var values = ok.nestedUnkeyedContainer(forKey: .values)
            for finding in findings {
                var one = values.nestedContainer(keyedBy: Key.self)
                try one.encodeIfPresent(finding.layer, forKey: .layer)
                try encode(finding.found, into: &one)
            }
        }
        guard let description = result.description else { return }
        try ok.encode(description.name, forKey: .name)
        try ok.encode(description.version, forKey: .version)
        try ok.encode(description.protocolVersion, forKey: .protocolVersion)
        try ok.encode(description.operations.map(\.rawValue).sorted(), forKey: .operations)
        try ok.encode(description.layers, forKey: .layers)
        try ok.encodeIfPresent(description.promise, forKey: .promises)
        try ok.encodeIfPresent(description.grace, forKey: .grace)
    }

    private static func encode(_ found: AdapterResult.Found, into fields: inout KeyedEncodingContainer<Key>) throws {
        switch found {
        case .value(let text): try fields.encode(text, forKey: .value)
        case .nothing: try fields.encodeNil(forKey: .value)
        case .miss: try fields.encode(true, forKey: .miss)
        }
    }
}
