import History

/// What proves a violation, and what happened around it.
struct ViolationContext: Sendable {
    /// The operations that prove the violation, in order of their starts.
    let proof: [Operation]
    /// The operations that only explain how the violation came about, in order of their starts.
    var operations: [Operation] = []
    /// How many operations between the first and the last of the proof ``operations`` leaves out.
    var omitted = 0
}

/// Collects what happened around violations: the write of the version that was read, the fill that brought it into the
/// layer that served it, and what else happened to the key in between.
///
/// One pass over the history serves all violations that are reported: O(n × violations).
struct ContextCollector {
    /// In the order of the proofs.
    private(set) var contexts: [ViolationContext]
    /// The causes of operations of the contexts, by id.
    private(set) var causes: [Int64: Operation] = [:]

    /// How many operations in between are reported: the last ones before the end of the proof.
    private static let shown = 6

    init(of proofs: [[Operation]], in history: History) {
        var views = proofs.compactMap { View($0) }
        contexts = proofs.map { ViolationContext(proof: $0) }
        for operation in history.operations where operation.key >= 0 {
            for index in views.indices where views[index].key == operation.key {
                views[index].look(at: operation, keeping: Self.shown)
            }
        }
        var nextView = 0
        for index in contexts.indices where View(proofs[index]) != nil {
            contexts[index].operations = views[nextView].context
            contexts[index].omitted = views[nextView].omitted
            nextView += 1
        }
        collectCauses(history)
    }

    private mutating func collectCauses(_ history: History) {
        var wanted: Set<Int64> = []
        for context in contexts {
            for operation in context.proof + context.operations
            where operation.kind == .apply || operation.kind == .receive {
                wanted.insert(operation.cause)
            }
        }
        guard !wanted.isEmpty else { return }
        for operation in history.operations where wanted.contains(operation.id) { causes[operation.id] = operation }
    }
}

extension ContextCollector {
    /// One violation's view of the operations that go by, in order of their starts.
    private struct View {
        let key: Int32
        private let proof: [Operation]
        private let reads: [Operation]
        private let window: ClosedRange<Int64>
        /// By the reads of the proof: the write that each returned, and the fill that brought it where it was read.
        private var origins: [Operation?]
        private var fills: [Operation?]
        private var between: [Operation] = []
        private(set) var omitted = 0

        /// - Returns: `nil` if the proof is not about one key.
        init?(_ proof: [Operation]) {
            guard let first = proof.first, let last = proof.last else { return nil }
            let keys = Set(proof.lazy.map(\.key).filter { $0 >= 0 })
            guard keys.count == 1, let key = keys.first else { return nil }
            self.key = key
            self.proof = proof
            reads = proof.filter { $0.kind == .read || $0.kind == .inspect }
            window = first.start...max(first.start, last.start)
            origins = Array(repeating: nil, count: reads.count)
            fills = origins
        }

        var context: [Operation] {
            var chosen: [Int64: Operation] = [:]
            for operation in between { chosen[operation.id] = operation }
            for operation in (origins + fills).compactMap({ $0 }) { chosen[operation.id] = operation }
            return chosen.values.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        }

        mutating func look(at operation: Operation, keeping most: Int) {
            guard !proof.contains(where: { $0.id == operation.id }) else { return }
            for (index, read) in reads.enumerated() {
                if operation.isWriting && operation.outcome != .failed && operation.shows(read) {
                    origins[index] = operation
                }
                if operation.kind == .fill && operation.start <= read.end && operation.shows(read)
                    && operation.isInPlace(of: read)
                {
                    fills[index] = operation
                }
            }
            guard window.contains(operation.start), isRelevant(operation) else { return }
            between.append(operation)
            if between.count > most {
                between.removeFirst()
                omitted += 1
            }
        }

        /// Changes of the key count wherever they were made. What layers did with it counts only in the instances of
        /// the proof.
        private func isRelevant(_ operation: Operation) -> Bool {
            switch operation.kind {
            case .write, .delete, .invalidate: operation.outcome != .failed
            case .fill where operation.layer >= .l3: true
            case .apply, .load, .fill, .evict: reads.contains { $0.instance == operation.instance }
            default: false
            }
        }
    }
}

extension Operation {
    /// The write or fill of what the read returned.
    fileprivate func shows(_ read: Operation) -> Bool {
        if read.version != 0 || version != 0 { return version == read.version }
        return read.value != 0 && value == read.value
    }

    /// A fill of the layer, and the copy of the layer, that served the read.
    fileprivate func isInPlace(of read: Operation) -> Bool {
        guard layer == read.layer else { return false }
        return switch layer {
        case .l1: worker == read.worker && instance == read.instance
        case .l2: instance == read.instance
        default: true
        }
    }
}
