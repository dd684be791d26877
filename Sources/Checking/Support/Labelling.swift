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
        var evidence = LabellingEvidence()
        for position in positions { evidence.add(operations[Int(position)]) }
        self = evidence.labelling
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

/// What the reads and writes of one key, met one by one, tell about how reads name their writes.
struct LabellingEvidence {
    private var hasVersions = false
    private var hasValues = false

    /// Looks at an operation. O(1).
    mutating func add(_ operation: Operation) {
        switch operation.kind {
        case .read where operation.outcome == .ok, .write where operation.outcome == .ok,
            .delete where operation.outcome == .ok, .compareAndSet where operation.outcome == .ok:
            if operation.version > 0 {
                hasVersions = true
            } else if operation.value != 0 || operation.kind != .read {
                hasValues = true
            }
        case .compareAndSet where operation.outcome == .unknown || operation.isRefused:
            // It may have written nothing, and then has no version; a value tells that the key has none.
            if operation.version == 0 && operation.value != 0 { hasValues = true }
        default: break
        }
    }

    /// How it looks so far.
    var labelling: Labelling { hasValues ? (hasVersions ? .mixed : .values) : .versions }
}
