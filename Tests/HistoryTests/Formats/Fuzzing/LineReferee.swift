import Foundation
import History

import struct History.Operation

/// What a line says, with names instead of numbers.
struct SpelledOperation: Equatable {
    var operation: Operation
    var key: [UInt8]?
    var tags: [String]

    /// - Parameter operation: its numbers of names are replaced by constants.
    init(_ operation: Operation, key: String?, tags: [String]) {
        self.operation = operation
        self.operation.key = key == nil ? -1 : 0
        self.operation.tagSet = tags.isEmpty ? 0 : 1
        self.key = key.map { Array($0.utf8) }
        self.tags = tags
    }

    init(_ operation: Operation, _ reading: Reading) {
        self.init(
            operation, key: operation.key >= 0 ? reading.keys[Int(operation.key)] : nil,
            tags: reading.tagSets[Int(operation.tagSet)])
    }

    /// The rules of the documentation, in the plainest words.
    var keepsRules: Bool {
        let needsKey: Set<Operation.Kind> = [
            .read, .write, .delete, .invalidate, .load, .fill, .inspect, .gauge, .compareAndSet,
        ]
        let isComparing = operation.kind == .compareAndSet
        return operation.start <= operation.end && operation.start != Operation.never && operation.version >= 0
            && (operation.cause >= 0 || isComparing) && operation.instance >= -1 && operation.worker >= -1
            && operation.id >= 0
            && operation.id <= 1 << 62 && (key != nil || !needsKey.contains(operation.kind))
            && (operation.kind != .invalidateTag || tags.count == 1)
            && (!operation.isRefused || (isComparing && operation.outcome == .failed))
            && (!isComparing || !operation.isAbsent || operation.cause == 0)
    }
}

/// Slow readers of single lines that share nothing with the fast ones. They may accept more, but never anything else.
enum LineReferee {
    /// What a line of JSON Lines says; `nil` if it is not valid. By Foundation's decoder.
    static func jsonLine(_ line: [UInt8]) -> SpelledOperation? {
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(line)) else { return nil }
        return fields.operation
    }

    /// What a line of register text says; `nil` if it is not valid. By splitting it.
    static func registerText(_ line: [UInt8]) -> SpelledOperation? {
        guard let text = String(validating: line, as: UTF8.self) else { return nil }
        var fields = text.unicodeScalars.split { " \t\r".unicodeScalars.contains($0) }.map(String.init)
        let kinds: [String: Operation.Kind] = ["r": .read, "w": .write, "cas": .compareAndSet]
        guard fields.count >= 7, let kind = kinds[fields[3]] else { return nil }
        var expected: Int64 = 0
        if kind == .compareAndSet {
            guard let given = Int64(fields.remove(at: 4)) else { return nil }
            expected = given
        }
        guard fields.count == 7, let id = Int64(fields[0]), id >= 0, let client = Int32(fields[1]), client >= 0,
            let value = Int64(fields[4]), let start = Int64(fields[5])
        else { return nil }
        guard let end = fields[6] == "-" ? Operation.never : Int64(fields[6]) else { return nil }
        if kind == .read && end == Operation.never && value != 0 { return nil }
        return SpelledOperation(
            Operation(
                id: id, kind: kind, worker: client, value: value,
                outcome: end == Operation.never ? .unknown : .ok, start: start, end: end, cause: expected),
            key: fields[2], tags: [])
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Fields: Decodable {
        var operation: SpelledOperation

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: AnyKey.self)
            func decode<Value: Decodable>(_ name: String, _ type: Value.Type) throws -> Value? {
                let key = AnyKey(stringValue: name)
                return fields.contains(key) ? try fields.decode(type, forKey: key) : nil
            }
            func word<Value>(_ name: String, _ values: [Value], _ spelled: (Value) -> String) throws -> Value? {
                guard let text = try decode(name, String.self) else { return nil }
                guard let value = values.first(where: { spelled($0) == text }) else { throw Refusal() }
                return value
            }
            let known: Set = [
                "id", "kind", "key", "tags", "version", "value", "start", "end", "instance", "worker", "layer",
                "source",
                "scope", "outcome", "cause", "tombstone", "absent", "expected", "refused",
            ]
            guard fields.allKeys.allSatisfy({ known.contains($0.stringValue) }),
                let kind = try word("kind", Operation.Kind.allCases, { "\($0)" }),
                let start = try decode("start", Int64.self)
            else { throw Refusal() }
            let end = try decode("end", Int64.self) ?? Operation.never
            let (cause, expected) = (try decode("cause", Int64.self), try decode("expected", Int64.self))
            let isAbsent = try decode("absent", Bool.self) ?? false
            let refused = try decode("refused", Bool.self)
            if kind == .compareAndSet {
                guard cause == nil, (expected != nil) != isAbsent else { throw Refusal() }
            } else {
                guard expected == nil, refused == nil || kind == .read || kind == .inspect else { throw Refusal() }
            }
            let isRefused = refused ?? false
            let operation = Operation(
                id: try decode("id", Int64.self) ?? 0, kind: kind, instance: try decode("instance", Int32.self) ?? 0,
                worker: try decode("worker", Int32.self) ?? -1, version: try decode("version", Int64.self) ?? 0,
                value: try decode("value", Int64.self) ?? 0,
                layer: try word("layer", Layer.allCases, \.name) ?? .origin,
                source: try word("source", Layer.allCases, \.name) ?? .origin,
                scope: try word("scope", Operation.Scope.allCases, { "\($0)" }) ?? .none,
                outcome: try word("outcome", Operation.Outcome.allCases, { "\($0)" })
                    ?? (isRefused ? .failed : end == Operation.never ? .unknown : .ok),
                start: start, end: end, cause: cause ?? expected ?? 0,
                isTombstone: try decode("tombstone", Bool.self) ?? false, isAbsent: isAbsent, isRefused: isRefused)
            self.operation = SpelledOperation(
                operation, key: try decode("key", String.self), tags: try decode("tags", [String].self)?.sorted() ?? [])
        }
    }

    private struct Refusal: Error {}
}
