/// What must hold of an operation in a file, whatever the format. Readers and writers ask the same questions.
enum OperationRules {
    /// Ids and causes. The upper bound leaves room to number the operations without an id after the others.
    static let identifiers: ClosedRange<Int64> = 1...(1 << 62)
    static let causes: ClosedRange<Int64> = 0...Int64.max
    static let versions: ClosedRange<Int64> = 0...Int64.max
    static let values: ClosedRange<Int64> = Int64.min...Int64.max
    /// ``Operation/never`` is not a moment.
    static let starts: ClosedRange<Int64> = Int64.min...(Int64.max - 1)
    static let ends: ClosedRange<Int64> = Int64.min...Int64.max
    /// -1 is the run's own set-up: data that was there before, or a measurement from outside.
    static let instances: ClosedRange<Int64> = -1...Int64(Int32.max)
    static let workers: ClosedRange<Int64> = -1...Int64(Int32.max)

    /// A rule that an operation breaks.
    struct Violation {
        var subject: String
        var found: String
        var expected: String
    }

    /// The first rule about several fields that an operation breaks.
    /// - Parameter tags: how many tags it carries.
    @inline(__always)
    static func violation(_ operation: Operation, tags: Int) -> Violation? {
        if operation.end < operation.start { return endsBeforeStart(operation) }
        if operation.key < 0 && needsKey(operation.kind) { return lacksKey(operation) }
        if operation.kind == .invalidateTag && tags != 1 { return lacksTag(tags) }
        if operation.isRefused && operation.outcome != .failed { return refusedWithoutFailing(operation) }
        return nil
    }

    /// The first rule of all that an operation breaks.
    static func violation(ofAny operation: Operation, tags: Int) -> Violation? {
        let ranges: [(subject: String, value: Int64, range: ClosedRange<Int64>)] = [
            ("id", operation.id, 0...identifiers.upperBound),
            ("cause", operation.kind == .compareAndSet ? 0 : operation.cause, causes),
            ("version", operation.version, versions), ("start", operation.start, starts),
            ("instance", Int64(operation.instance), instances), ("worker", Int64(operation.worker), workers),
        ]
        for (subject, value, range) in ranges where !range.contains(value) {
            return Violation(
                subject: subject, found: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        if operation.isRefused && !canBeRefused(operation.kind) {
            return Violation(
                subject: "refused", found: "a \(operation.kind)", expected: "a compareAndSet, a read or an inspect")
        }
        if operation.kind == .compareAndSet && operation.isAbsent && operation.expected != 0 {
            return Violation(
                subject: "expected", found: "\(operation.expected) and absent", expected: "one of them")
        }
        return violation(operation, tags: tags)
    }

    /// The outcome of an operation about which nothing else was said: unknown, as it did not return.
    @inline(__always)
    static func usualOutcome(end: Int64) -> Operation.Outcome { end == Operation.never ? .unknown : .ok }

    /// A compare-and-set that found something else, or a look that found what no write gave.
    static func canBeRefused(_ kind: Operation.Kind) -> Bool {
        switch kind {
        case .compareAndSet, .read, .inspect: true
        default: false
        }
    }

    private static func needsKey(_ kind: Operation.Kind) -> Bool {
        switch kind {
        case .read, .write, .delete, .invalidate, .load, .fill, .inspect, .gauge, .compareAndSet: true
        case .invalidateTag, .apply, .evict, .publish, .receive: false
        }
    }

    @inline(never)
    private static func endsBeforeStart(_ operation: Operation) -> Violation {
        Violation(subject: "end", found: "\(operation.end)", expected: "at least the start, \(operation.start)")
    }

    @inline(never)
    private static func refusedWithoutFailing(_ operation: Operation) -> Violation {
        Violation(subject: "refused", found: "the outcome \(operation.outcome)", expected: "failed, or no outcome")
    }

    @inline(never)
    private static func lacksKey(_ operation: Operation) -> Violation {
        Violation(subject: "key", found: "no key", expected: "the key that this \(operation.kind) concerns")
    }

    @inline(never)
    private static func lacksTag(_ count: Int) -> Violation {
        Violation(subject: "tags", found: "\(count) tags", expected: "the one tag that was invalidated")
    }
}

extension ParseError {
    init(_ violation: OperationRules.Violation, at offset: Int = 0) {
        self.init(offset: offset, subject: violation.subject, found: violation.found, expected: violation.expected)
    }
}
