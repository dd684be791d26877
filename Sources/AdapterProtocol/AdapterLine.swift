import Foundation
import History
import Support

/// What an adapter says: one line of JSON on its standard output.
package enum AdapterLine: Sendable, Equatable {
    case answer(AdapterAnswer)
    case ask(AdapterAsk)
    /// Something for people to read.
    case log(level: String, text: String)
}

/// The answer to a request.
package struct AdapterAnswer: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case ok(AdapterResult)
        /// It certainly had no effect.
        case failed(String)
        /// It may have had its effect, now or later.
        case unknown(String)
        case unsupported(String)
    }

    package var id: Int64
    package var outcome: Outcome
    /// When the adapter called the cache and when the call returned, on the machine's monotonic clock in nanoseconds;
    /// `nil` if the adapter has no such clock.
    package var interval: ClosedRange<Int64>?
}

/// What the cache returned.
package struct AdapterResult: Sendable, Equatable {
    /// Of a read. `.none`: the answer has no value.
    package var value: Found?
    /// The layer that served it, if the adapter knows.
    package var layer: String?
    /// Of a read of several keys: what each found, in the order of the keys.
    package var findings: [Finding]?
    /// Of an inspection: the values found, by key.
    package var entries: [String: String]?
    /// Of the first request.
    package var description: AdapterDescription?

    /// What a read of one key among several found.
    package struct Finding: Sendable, Equatable {
        package var found: Found
        /// The layer that served it, if the adapter knows.
        package var layer: String?

        package init(found: Found, layer: String? = nil) {
            self.found = found
            self.layer = layer
        }
    }

    package enum Found: Sendable, Equatable {
        case value(String)
        /// The cache knows, or the origin said, that nothing exists.
        case nothing
        /// The cache has nothing and asked nobody.
        case miss
    }
}

/// What an adapter asks of the origin.
package struct AdapterAsk: Sendable, Equatable {
    package enum Question: Sendable, Equatable {
        case load
        /// `nil` deletes the key.
        case commit(String?)
    }

    package var number: Int64
    package var question: Question
    package var key: String
    /// On whose behalf; `nil` for the cache's own work.
    package var worker: Int?
    /// When the cache asked, on the machine's monotonic clock in nanoseconds; `nil` if the adapter has no such clock.
    package var start: Int64?
}

/// What an adapter says of its cache in answer to the first request.
package struct AdapterDescription: Sendable, Equatable, Decodable {
    package var name: String
    package var version: String
    package var protocolVersion: Int
    /// What it can be asked to do, as far as it is optional; words that this version does not know are in
    /// ``unknownOperations``.
    package var operations: Set<AdapterOperation>
    package var unknownOperations: [String]
    /// The layers that can be inspected, innermost first.
    package var layers: [String]
    /// What the cache promises; `nil` if the adapter does not say.
    package var promise: String?
    /// Within how many milliseconds an announced invalidation is applied everywhere; `nil` if the adapter does not say.
    package var grace: Int64?

    private enum CodingKeys: String, CodingKey {
        case name, version, operations, layers, grace
        case protocolVersion = "protocol"
        case promise = "promises"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        version = try container.decodeIfPresent(String.self, forKey: .version) ?? ""
        protocolVersion = try container.decodeIfPresent(Int.self, forKey: .protocolVersion) ?? 1
        let words = try container.decode([String].self, forKey: .operations)
        operations = Set(words.compactMap(AdapterOperation.init(rawValue:)))
        unknownOperations = words.filter { AdapterOperation(rawValue: $0) == nil }
        layers = try container.decodeIfPresent([String].self, forKey: .layers) ?? []
        promise = try container.decodeIfPresent(String.self, forKey: .promise)
        grace = try Self.grace(container)
    }

    private static func grace(_ container: KeyedDecodingContainer<CodingKeys>) throws -> Int64? {
        guard container.contains(.grace), try !container.decodeNil(forKey: .grace) else { return nil }
        // As a fraction, so that what is wrong with a number can be said.
        let number = try container.decode(Double.self, forKey: .grace)
        guard let grace = Int64(exactly: number), graces.contains(grace) else {
            throw DecodingError.dataCorruptedError(
                forKey: .grace, in: container,
                debugDescription: "\"grace\" is \(number), and not a whole number of milliseconds from "
                    + "\(graces.lowerBound) to \(graces.upperBound)")
        }
        return grace
    }

    /// A cache that takes longer to become quiet says when it is, by `quiesce`.
    package static let graces: ClosedRange<Int64> = 0...60_000

    /// What a cache may promise, strongest first.
    package static let promises = ["acknowledged", "announced", "session", "expiring"]

    /// The first word of it that is none of the protocol, with what to do; `nil` if there is none. Operations that this
    /// version does not know may be those of a later one.
    package var wrongWord: (text: String, advice: String)? {
        func nearest(_ word: String, _ words: [String]) -> String {
            NearestWord.suggestion(for: word, among: words).map { ". Did you mean \"\($0)\"?" } ?? ""
        }
        if let promise, !Self.promises.contains(promise) {
            return (
                "\"promises\" is \"\(promise.prefix(60).description.printable)\"",
                "A cache promises one of \(Self.promises.joined(separator: ", "))" + nearest(promise, Self.promises)
            )
        }
        let known = Layer.caches.map(\.name)
        if let layer = layers.first(where: { !known.contains($0) }) {
            return (
                "\"layers\" has \"\(layer.prefix(60).description.printable)\", which is no layer",
                "The layers are \(known.joined(separator: ", "))" + nearest(layer, known)
            )
        }
        return nil
    }
}

extension AdapterLine {
    /// Reads one line, without its end.
    /// - Throws: ``AdapterError`` with what was found and what was expected.
    package init(_ bytes: some Sequence<UInt8>) throws(AdapterError.Reason) {
        let raw: Raw
        do {
            raw = try JSONDecoder().decode(Raw.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw .notUnderstood(Self.text(of: error))
        } catch {
            throw .notUnderstood("\(error)")
        }
        if let id = raw.id {
            self = .answer(try raw.answer(id))
        } else if let number = raw.ask {
            self = .ask(try raw.question(number))
        } else if let level = raw.log {
            self = .log(level: level, text: raw.text ?? "")
        } else {
            throw .notUnderstood("it has none of \"id\" (an answer), \"ask\" (a question) and \"log\"")
        }
    }

    private static func text(of error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .typeMismatch(let type, let context):
            return context.codingPath.isEmpty
                ? "it is no object" : "\"\(place(context))\" is not \(Self.name(of: type))"
        case .valueNotFound(let type, let context):
            return "\"\(place(context))\" is null where \(Self.name(of: type)) is expected"
        case .keyNotFound(let key, let context):
            return "\"\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))\" is missing"
        case .dataCorrupted(let context) where context.codingPath.last?.stringValue == "grace":
            return context.debugDescription
        // The decoder does not tell these apart.
        default: return "it is not JSON, or a number in it is not whole or has more than 64 bits"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type, is Int64.Type: "a whole number"
        case is Double.Type: "a number"
        case is Bool.Type: "true or false"
        case is [String].Type: "an array of strings"
        default: "an object"
        }
    }

    /// Every field that a line may have.
    private struct Raw: Decodable {
        var id: Int64?
        var ask: Int64?
        var log: String?
        var text: String?
        var t0: Int64?
        var t1: Int64?
        var ok: Result?
        var failed: String?
        var unknown: String?
        var unsupported: String?
        var op: String?
        var key: String?
        /// Outer `nil`: there is none.
        var value: String??
        var worker: Int?

        private enum CodingKeys: String, CodingKey {
            case id, ask, log, text, t0, t1, ok, failed, unknown, unsupported, op, key, value, worker
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            id = try fields.decodeIfPresent(Int64.self, forKey: .id)
            ask = try fields.decodeIfPresent(Int64.self, forKey: .ask)
            log = try fields.decodeIfPresent(String.self, forKey: .log)
            text = try fields.decodeIfPresent(String.self, forKey: .text)
            t0 = try fields.decodeIfPresent(Int64.self, forKey: .t0)
            t1 = try fields.decodeIfPresent(Int64.self, forKey: .t1)
            ok = try fields.decodeIfPresent(Result.self, forKey: .ok)
            failed = try fields.decodeIfPresent(String.self, forKey: .failed)
            unknown = try fields.decodeIfPresent(String.self, forKey: .unknown)
            unsupported = try fields.decodeIfPresent(String.self, forKey: .unsupported)
            op = try fields.decodeIfPresent(String.self, forKey: .op)
            key = try fields.decodeIfPresent(String.self, forKey: .key)
            // What is null is there.
            if fields.contains(.value) { value = .some(try fields.decodeIfPresent(String.self, forKey: .value)) }
            worker = try fields.decodeIfPresent(Int.self, forKey: .worker)
        }

        func answer(_ id: Int64) throws(AdapterError.Reason) -> AdapterAnswer {
            let outcomes: [AdapterAnswer.Outcome] = [
                ok.map { .ok($0.result) }, failed.map { .failed($0) }, unknown.map { .unknown($0) },
                unsupported.map { .unsupported($0) },
            ].compactMap { $0 }
            guard outcomes.count == 1 else {
                throw .notUnderstood(
                    "an answer has one of \"ok\", \"failed\", \"unknown\" and \"unsupported\"; this one has "
                        + "\(outcomes.isEmpty ? "none" : "\(outcomes.count)")")
            }
            guard (t0 == nil) == (t1 == nil) else {
                throw .notUnderstood("an answer has both \"t0\" and \"t1\", or neither")
            }
            guard let t0, let t1 else { return AdapterAnswer(id: id, outcome: outcomes[0], interval: nil) }
            guard t0 <= t1 else { throw .notUnderstood("\"t0\" (\(t0)) is later than \"t1\" (\(t1))") }
            return AdapterAnswer(id: id, outcome: outcomes[0], interval: t0...t1)
        }

        func question(_ number: Int64) throws(AdapterError.Reason) -> AdapterAsk {
            guard let key else { throw .notUnderstood("a question has a \"key\"") }
            switch op {
            case "load": return AdapterAsk(number: number, question: .load, key: key, worker: worker, start: t0)
            case "commit":
                guard let value else {
                    throw .notUnderstood("a commit has a \"value\": a text, or null to delete the key")
                }
                return AdapterAsk(number: number, question: .commit(value), key: key, worker: worker, start: t0)
            case let word?: throw .notUnderstood("the origin is asked to \"load\" or to \"commit\", not to \"\(word)\"")
            case nil: throw .notUnderstood("a question has an \"op\": \"load\" or \"commit\"")
            }
        }
    }

    private struct Result: Decodable {
        var result: AdapterResult

        private enum CodingKeys: String, CodingKey { case value, values, miss, layer, entries, name }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            result = AdapterResult()
            if try container.decodeIfPresent(Bool.self, forKey: .miss) == true {
                result.value = .miss
            } else if container.contains(.value) {
                result.value = try container.decodeIfPresent(String.self, forKey: .value).map { .value($0) } ?? .nothing
            }
            result.layer = try container.decodeIfPresent(String.self, forKey: .layer)
            result.findings = try container.decodeIfPresent([Finding].self, forKey: .values)?.map(\.finding)
            result.entries = try container.decodeIfPresent([String: String].self, forKey: .entries)
            if container.contains(.name) { result.description = try AdapterDescription(from: decoder) }
        }
    }
}

/// A text, null, or an object as in the answer to a read.
private struct Finding: Decodable {
    let finding: AdapterResult.Finding

    private enum CodingKeys: String, CodingKey { case value, miss, layer }

    init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else {
            let single = try decoder.singleValueContainer()
            let text = single.decodeNil() ? nil : try single.decode(String.self)
            finding = AdapterResult.Finding(found: text.map { .value($0) } ?? .nothing)
            return
        }
        let layer = try container.decodeIfPresent(String.self, forKey: .layer)
        if try container.decodeIfPresent(Bool.self, forKey: .miss) == true {
            finding = AdapterResult.Finding(found: .miss, layer: layer)
        } else if container.contains(.value) {
            let text = try container.decodeIfPresent(String.self, forKey: .value)
            finding = AdapterResult.Finding(found: text.map { .value($0) } ?? .nothing, layer: layer)
        } else {
            throw DecodingError.keyNotFound(
                CodingKeys.value, DecodingError.Context(codingPath: decoder.codingPath, debugDescription: ""))
        }
    }
}
