/// Makes operations of events: one that was invoked waits here until it ends.
struct EDNPairing {
    /// Where the moments of a history come from: all of it has the same.
    enum Clock: String {
        case time = ":time"
        case index = ":index"
        case order = "order"
    }

    /// What differs between the sources of events.
    struct Dialect {
        /// A read that returned `nil` found nothing. Otherwise it says nothing, as in Jepsen's own models.
        var readsOfNilFoundNothing: Bool
        /// A compare-and-set that failed found something else than it expected. Otherwise the cause of the failure is
        /// unknown.
        var failedComparisonsWereRefused: Bool

        static let edn = Dialect(readsOfNilFoundNothing: false, failedComparisonsWereRefused: false)
        static let log = Dialect(readsOfNilFoundNothing: true, failedComparisonsWereRefused: true)
    }

    private struct Open {
        var operation: Operation
        var function: EDNEvent.Function
        var content: EDNRegisterValue.Content
        var line: Int
    }

    let dialect: Dialect
    let types = EDNWords(EDNEvent.Kind.allCases, keyword: \.keyword)
    let functions = EDNWords(EDNEvent.Function.allCases, keyword: \.keyword)
    private var open: [Int32: Open] = [:]
    /// Processes whose invocation was refused: an operation has at most one error, so its end is passed over.
    private var refused: Set<Int32> = []
    var clock: Clock?
    var events: Int64 = 0
    private var invocations: Int64 = 0
    var numberOfOnlyKey: Int32?
    var unescaped: [UInt8] = []
    /// What never ended, the last one first; filled when the file has ended.
    private var leftOver: [Operation]?

    /// The name of the key where values do not name one.
    static let onlyKey = "register"

    init(_ dialect: Dialect) { self.dialect = dialect }

    /// - Returns: the operation that the event ends; `nil` for an invocation.
    mutating func add(_ event: EDNEvent, _ names: inout HistoryNames, line: Int) throws(ParseError) -> Operation? {
        do throws(ParseError) {
            let type = try kind(of: event)
            let worker = try process(of: event)
            if type != .invoke && open[worker] == nil && refused.remove(worker) != nil { return nil }
            let moment = try moment(of: event)
            guard type == .invoke else { return try end(event, type, worker, at: moment, &names) }
            try invoke(event, worker, at: moment, &names, line: line)
            refused.remove(worker)
            return nil
        } catch {
            // The operation is lost. Later lines that belong to it are not reported again.
            if let worker = try? process(of: event) {
                let isInvocation = (try? kind(of: event)) == .invoke
                if isInvocation || open.removeValue(forKey: worker) == nil { refused.insert(worker) }
            }
            throw error
        }
    }

    private mutating func invoke(
        _ event: EDNEvent, _ worker: Int32, at moment: Int64, _ names: inout HistoryNames, line: Int
    ) throws(ParseError) {
        if let earlier = open[worker] {
            throw ParseError(
                offset: event.offset, subject: ":process",
                found: "an invocation of process \(worker), whose invocation of line \(earlier.line) has not ended",
                expected: "one at a time of each process")
        }
        let function = try function(of: event)
        let value = try value(of: event, function, &names)
        var operation = Operation(
            kind: .read, worker: worker, outcome: .unknown, start: moment, end: Operation.never)
        switch (function, value.content) {
        case (.read, _): break
        case (.write, .number(let number)):
            operation.kind = .write
            operation.value = number
        case (.write, .null): operation.kind = .delete
        case (.cas, .pair(let expected, let new)):
            operation.kind = .compareAndSet
            operation.value = new
            operation.expected = expected ?? 0
            operation.isAbsent = expected == nil
        case (.write, _), (.cas, _):
            throw ParseError(
                offset: event.value?.offset ?? event.offset, subject: ":value", found: value.content.text,
                expected: Self.expectedValue(of: function))
        }
        operation.key = if let key = value.key { key } else { try onlyKey(&names, event) }
        invocations += 1
        operation.id = invocations
        open[worker] = Open(operation: operation, function: function, content: value.content, line: line)
    }

    /// What was invoked and never ended, one at a time, once the file has ended.
    mutating func nextLeftOver() -> Operation? {
        if leftOver == nil {
            leftOver = open.values.sorted { $0.line > $1.line }.map(\.operation)
            open = [:]
        }
        return leftOver?.popLast()
    }

    private mutating func end(
        _ event: EDNEvent, _ type: EDNEvent.Kind, _ worker: Int32, at moment: Int64, _ names: inout HistoryNames
    ) throws(ParseError) -> Operation {
        guard let begun = open.removeValue(forKey: worker) else {
            throw ParseError(
                offset: event.offset, subject: ":type",
                found: "\(type.keyword) of process \(worker), which invoked nothing",
                expected: "an :invoke of that process before it")
        }
        var operation = begun.operation
        let function = try function(of: event)
        guard function == begun.function else {
            throw ParseError(
                offset: event.function?.offset ?? event.offset, subject: ":f", found: function.keyword,
                expected: "\(begun.function.keyword), which process \(worker) invoked in line \(begun.line)")
        }
        guard moment >= operation.start else {
            throw ParseError(
                offset: event.time?.offset ?? event.offset, subject: clock?.rawValue ?? "", found: "\(moment)",
                expected: "at least \(operation.start), the moment of the invocation in line \(begun.line)")
        }
        switch type {
        case .ok:
            let content = try content(of: event, begun, &names)
            operation.outcome = .ok
            operation.end = moment
            if function == .read { take(content, into: &operation) }
        case .fail:
            operation.outcome = .failed
            operation.end = moment
            operation.isRefused = function == .cas && dialect.failedComparisonsWereRefused
        case .info, .invoke: break  // Whether it took effect, and when, is unknown.
        }
        return operation
    }

    /// What the end of an operation says, which must fit to its beginning.
    private mutating func content(
        of event: EDNEvent, _ begun: Open, _ names: inout HistoryNames
    ) throws(ParseError) -> EDNRegisterValue.Content {
        let value = try value(of: event, begun.function, &names)
        let offset = event.value?.offset ?? event.offset
        let onlyKey =
            value.key == nil && value.content != .missing && value.content != .null
            ? try onlyKey(&names, event) : nil
        if let key = value.key ?? onlyKey, key != begun.operation.key {
            throw ParseError(
                offset: offset, subject: ":value", found: "key \(names.keys[Int(key)])",
                expected: "\(names.keys[Int(begun.operation.key)]), the key of the invocation in line \(begun.line)")
        }
        let saysNothing = value.content == .missing || value.content == .null
        guard begun.function == .read || saysNothing || value.content == begun.content else {
            throw ParseError(
                offset: offset, subject: ":value", found: value.content.text,
                expected: "\(begun.content.text), which was to be written in line \(begun.line)")
        }
        return value.content
    }

    private func take(_ content: EDNRegisterValue.Content, into operation: inout Operation) {
        if case .number(let number) = content {
            operation.value = number
        } else if dialect.readsOfNilFoundNothing {
            operation.isAbsent = true
        } else {
            // It returned an unknown result. Reads without a result are not judged.
            operation.outcome = .unknown
        }
    }

    private static func expectedValue(of function: EDNEvent.Function) -> String {
        switch function {
        case .cas: "a vector [expected new] of whole numbers of 64 bits, the first of which may be nil"
        case .read, .write: "a whole number of 64 bits, or nil"
        }
    }
}
