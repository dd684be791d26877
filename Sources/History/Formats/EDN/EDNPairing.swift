/// Makes operations of events: one that was invoked waits here until it ends.
struct EDNPairing {
    /// Where the moments of a history come from: all of it has the same.
    enum Clock: String {
        case time = ":time"
        case index = ":index"
        case order = "order"
    }

    private struct Open {
        var operation: Operation
        var line: Int
    }

    let types = WordTable(EDNEvent.Kind.allCases, word: \.keyword)
    let functions = WordTable([Operation.Kind.read, .write]) { ":\($0)" }
    private var open: [Int32: Open] = [:]
    private var written = WrittenValues()
    var clock: Clock?
    var events: Int64 = 0
    private var invocations: Int64 = 0
    var numberOfOnlyKey: Int32?
    var unescaped: [UInt8] = []
    /// What never ended, the last one first; filled when the file has ended.
    private var leftOver: [Open]?

    /// The name of the key where values are not tuples.
    static let onlyKey = "register"

    /// - Returns: the operation that the event ends; `nil` for an invocation.
    mutating func add(_ event: EDNEvent, _ names: inout HistoryNames, line: Int) throws(Malformation) -> Operation? {
        let type = try kind(of: event)
        let worker = try process(of: event)
        let moment = try moment(of: event)
        guard type == .invoke else { return try end(event, type, worker, at: moment, &names) }
        if let earlier = open[worker] {
            throw Malformation(
                offset: event.offset, subject: ":process",
                found: "an invocation of process \(worker), whose invocation of line \(earlier.line) has not ended",
                expected: "one at a time of each process")
        }
        let kind = try function(of: event)
        let (tupleKey, value) = try value(of: event, &names)
        let key = if let tupleKey { tupleKey } else { try onlyKey(&names, event) }
        if kind == .write {
            guard let value, value != 0 else {
                throw Malformation(
                    offset: event.value?.offset ?? event.offset, subject: ":value",
                    found: value == nil ? "a write of nothing" : "a write of 0, which means never written",
                    expected: "another whole number; let the test write 1, 2, 3, … to each key")
            }
        }
        invocations += 1
        open[worker] = Open(
            operation: Operation(
                id: invocations, kind: kind, worker: worker, key: key,
                value: kind == .write ? value ?? 0 : 0, outcome: .unknown, start: moment, end: Operation.never),
            line: line)
        return nil
    }

    /// What was invoked and never ended, one at a time, once the file has ended.
    mutating func nextLeftOver() throws(Malformation) -> Operation? {
        if leftOver == nil {
            leftOver = open.values.sorted { $0.line > $1.line }
            open = [:]
        }
        guard let last = leftOver?.popLast() else { return nil }
        return try finished(last, at: 0)
    }

    private mutating func end(
        _ event: EDNEvent, _ type: EDNEvent.Kind, _ worker: Int32, at moment: Int64, _ names: inout HistoryNames
    ) throws(Malformation) -> Operation {
        guard var ended = open.removeValue(forKey: worker) else {
            throw Malformation(
                offset: event.offset, subject: ":type",
                found: "\(type.keyword) of process \(worker), which invoked nothing",
                expected: "an :invoke of that process before it")
        }
        let kind = try function(of: event)
        guard kind == ended.operation.kind else {
            throw Malformation(
                offset: event.function?.offset ?? event.offset, subject: ":f", found: ":\(kind)",
                expected: ":\(ended.operation.kind), which process \(worker) invoked in line \(ended.line)")
        }
        let (key, value) = try value(of: event, &names)
        let valueOffset = event.value?.offset ?? event.offset
        let onlyKey = key == nil && value != nil ? try onlyKey(&names, event) : nil
        if let key = key ?? onlyKey, key != ended.operation.key {
            throw Malformation(
                offset: valueOffset, subject: ":value", found: "key \(names.keys[Int(key)])",
                expected: "\(names.keys[Int(ended.operation.key)]), the key of the invocation in line \(ended.line)")
        }
        if kind == .write, let value, value != ended.operation.value {
            throw Malformation(
                offset: valueOffset, subject: ":value", found: "\(value)",
                expected: "\(ended.operation.value), which was to be written in line \(ended.line)")
        }
        guard moment >= ended.operation.start else {
            throw Malformation(
                offset: event.time?.offset ?? event.offset, subject: clock?.rawValue ?? "", found: "\(moment)",
                expected: "at least \(ended.operation.start), the moment of the invocation in line \(ended.line)")
        }
        switch type {
        case .ok:
            ended.operation.outcome = .ok
            ended.operation.end = moment
            if kind == .read { ended.operation.value = value ?? 0 }
        case .fail:
            ended.operation.outcome = .failed
            ended.operation.end = moment
        case .info, .invoke: break  // Nobody can tell whether it took effect, or when.
        }
        return try finished(ended, at: event.offset)
    }

    private mutating func finished(_ ended: Open, at offset: Int) throws(Malformation) -> Operation {
        let operation = ended.operation
        // A value that certainly was not written may be tried again.
        guard operation.kind == .write, operation.outcome != .failed,
            let before = written.insert(operation.value, key: operation.key, line: ended.line)
        else { return operation }
        throw Malformation(
            offset: offset, subject: ":value",
            found: "\(operation.value), written by line \(ended.line) and by line \(before) to the same key",
            expected: "a value of its own for each write of a key; let the test count its writes and write the count")
    }
}
