import History
import Judging
import Scenarios

extension ContentLedger {
    /// Replaces the numbers of values by those of the rows they stand for, where several versions of the application have values of
    /// their own for one row: what a reader was given then has the number of what was written if it is what its own
    /// version of the application makes of the row.
    ///
    /// The row of a version follows from all writes before it. After a write whose outcome nobody knows it is not known either, and
    /// those operations lose their numbers: they cannot be judged.
    func understand(_ operations: inout [Operation], _ scenario: Scenario) {
        let keys = scenario.keysInUse
        guard keys.contains(where: { !$0.schemas.isEmpty }) else { return }
        // The recorder numbered them in this order.
        var rows: [Int32: [Int64: [UInt8]]] = [:]
        for (number, key) in keys.enumerated() where !key.schemas.isEmpty {
            let writes = operations.filter { $0.key == Int32(number) && ($0.kind == .write || $0.kind == .delete) }
            rows[Int32(number)] = self.rows(after: writes, of: key)
        }
        for index in operations.indices {
            let operation = operations[index]
            guard let row = rows[operation.key]?[operation.version], operation.value != 0 else {
                if rows[operation.key] != nil { operations[index].value = 0 }
                continue
            }
            operations[index].value = understood(
                operation, row: row, keys[Int(operation.key)],
                reader: scenario.cluster.application(ofInstance: Int(max(0, operation.instance))))
        }
    }

    /// The rows by their versions, as far as they can be known.
    private func rows(after writes: [Operation], of key: KeyInUse) -> [Int64: [UInt8]] {
        var rows: [Int64: [UInt8]] = [:]
        var row: [UInt8]?
        let certain = writes.filter { $0.outcome == .ok }.sorted { $0.version < $1.version }
        for (number, write) in certain.enumerated() {
            guard write.version == Int64(number) + 1 else { break }
            let value = content(write.value)
            if write.kind == .delete {
                row = nil
            } else if let schema = key.schema(of: value) {
                row = SchemaCodec.row(row, after: value, as: schema)
            } else {
                row = value
            }
            rows[write.version] = row
        }
        return rows
    }

    private func understood(_ operation: Operation, row: [UInt8], _ key: KeyInUse, reader: Int) -> Int64 {
        let written = number(of: row)
        if operation.kind == .write { return written }
        let found = content(operation.value)
        // Who reads must get what its own version of the application can read; what a layer holds may be of any.
        let schema =
            operation.kind == .read ? key.schemas.first { $0.version == reader } : key.schema(of: found)
        let expected = schema.map { SchemaCodec.value(ofRow: row, as: $0) } ?? row
        if found == expected { return written }
        expect(expected, written: written, found: operation.value)
        return operation.value
    }
}

extension KeyInUse {
    /// The schema that a value says it is of.
    fileprivate func schema(of value: [UInt8]) -> RecordSchema? {
        SchemaCodec.version(of: value).flatMap { version in schemas.first { $0.version == version } }
    }
}
