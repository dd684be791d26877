import History

/// How the reads of a key name their writes.
enum Labelling {
    /// By versions, which grow.
    case versions
    /// By values, unique among the writes of the key.
    case values
    /// Some by one, some by the other.
    case mixed

    /// Looks at the reads and writes of one key. O(n).
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self = LabellingEvidence(positions, of: operations).labelling
    }

    /// Why a check that needs versions left keys out; `nil` if it did not.
    static func reason(keysWithoutVersions count: Int) -> String? {
        guard count > 0 else { return nil }
        return count == 1
            ? "1 key has writes without versions, and was not judged"
            : "\(count) keys have writes without versions, and were not judged"
    }

    /// Why a check that knows reads and writes only left keys out; `nil` if it did not.
    static func reason(keysWithComparisons count: Int) -> String? {
        guard count > 0 else { return nil }
        return count == 1
            ? "1 key has compare-and-sets, which only the search judges"
            : "\(count) keys have compare-and-sets, which only the search judges"
    }
}

/// What the reads and writes of one key, met one by one, show about how reads name their writes.
struct LabellingEvidence {
    private var hasVersions = false
    private var hasValues = false
    /// Some read found nothing that may be excused, or stands for a deletion.
    private(set) var hasEmptyReads = false
    /// Some read found nothing, by a client that cannot know the version of a deletion.
    private(set) var hasAbsentReads = false
    /// Somebody compared and set, whatever came of it.
    private(set) var hasComparisons = false

    init() {}

    /// Looks at the reads and writes of one key. O(n).
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        for position in positions { add(operations[Int(position)]) }
    }

    /// Looks at an operation. O(1).
    mutating func add(_ operation: Operation) {
        if operation.kind == .compareAndSet { hasComparisons = true }
        switch operation.kind {
        case .read where operation.outcome == .ok, .write where operation.outcome == .ok,
            .delete where operation.outcome == .ok, .compareAndSet where operation.outcome == .ok:
            if operation.version > 0 {
                hasVersions = true
            } else if operation.value != 0 || operation.kind != .read {
                hasValues = true
            } else if operation.isAbsent {
                hasEmptyReads = true
                hasAbsentReads = true
            } else if operation.layer != .origin {
                hasEmptyReads = true
            }
        case .compareAndSet where operation.outcome == .unknown || operation.isRefused:
            // It may have written nothing, and then has no version; a value shows that the key has none.
            if operation.version == 0 && operation.value != 0 { hasValues = true }
        default: break
        }
    }

    /// How it looks so far.
    var labelling: Labelling { hasValues ? (hasVersions ? .mixed : .values) : .versions }
}
