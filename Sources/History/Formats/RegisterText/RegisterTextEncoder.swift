/// Writes register text.
struct RegisterTextEncoder {
    private var keys: [[UInt8]] = []

    /// - Returns: `false` if the name cannot be written: a key is one word.
    mutating func add(key name: String) -> Bool {
        let bytes = Array(name.utf8)
        keys.append(bytes)
        return !bytes.isEmpty && bytes.allSatisfy { $0 > ASCII.space }
    }

    /// Why an operation cannot be written; `nil` if it can.
    func violation(_ operation: Operation) -> OperationRules.Violation? {
        let plain = Operation(
            id: operation.id, kind: operation.kind, worker: operation.worker, key: operation.key,
            value: operation.value,
            outcome: OperationRules.usualOutcome(end: operation.end), start: operation.start, end: operation.end,
            cause: operation.kind == .compareAndSet ? operation.expected : 0)
        guard [.read, .write, .compareAndSet].contains(operation.kind) else {
            return .init(
                subject: "kind", found: "\(operation.kind)",
                expected: "a read, write or compareAndSet, as register text has no other")
        }
        guard operation.outcome == plain.outcome else {
            return .init(
                subject: "outcome", found: "\(operation.outcome)",
                expected: "ok, or unknown without an end, as register text has no other")
        }
        guard operation == plain else {
            return .init(
                subject: "operation", found: "a field that register text does not have",
                expected: "id, worker, key, value, start and end only; JSON Lines has all fields")
        }
        guard operation.worker >= 0, operation.id > 0 else {
            return .init(
                subject: "worker, id", found: "\(operation.worker), \(operation.id)", expected: "at least 0, at least 1"
            )
        }
        let isUnreturnedRead = operation.kind == .read && operation.end == Operation.never
        guard !isUnreturnedRead || operation.value == 0 else {
            return .init(
                subject: "value", found: "\(operation.value)", expected: "0 for a read that never returned")
        }
        return nil
    }

    func encode(_ operation: Operation, into bytes: inout [UInt8]) {
        bytes.append(decimal: operation.id)
        bytes.append(ASCII.space)
        bytes.append(decimal: Int64(operation.worker))
        bytes.append(ASCII.space)
        bytes.append(contentsOf: keys[Int(operation.key)])
        switch operation.kind {
        case .read: bytes.append(" r ")
        case .compareAndSet:
            bytes.append(" cas ")
            bytes.append(decimal: operation.expected)
            bytes.append(ASCII.space)
        default: bytes.append(" w ")
        }
        bytes.append(decimal: operation.value)
        bytes.append(ASCII.space)
        bytes.append(decimal: operation.start)
        bytes.append(ASCII.space)
        if operation.end == Operation.never { bytes.append(ASCII.minus) } else { bytes.append(decimal: operation.end) }
        bytes.append(ASCII.newline)
    }
}
