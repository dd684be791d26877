import History

/// Where the entries of one key can have come from: loads of the origin, and writes that put their value into the
/// cache.
struct EntrySources {
    private struct Content: Hashable {
        let version: Int64
        let value: Int64
    }

    private let operations: [Operation]
    /// For each version, in order of starts: the source, and the one that ended last so far.
    private var sources: [Content: [(source: Int32, last: Int32)]] = [:]
    /// Loads and writes of which neither outcome nor version is known, in order of starts.
    private var anonymous: [Operation] = []

    /// - Parameter positions: of all operations of the key, in order of starts.
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        for position in positions {
            let operation = operations[Int(position)]
            guard operation.kind == .load || operation.isWriting, operation.outcome != .failed else { continue }
            if operation.outcome == .unknown && operation.version == 0 && operation.value == 0 {
                anonymous.append(operation)
                continue
            }
            let content = Content(version: operation.version, value: operation.value)
            var last = position
            if let before = sources[content]?.last?.last,
                operations[Int(before)].settledEnd >= operation.settledEnd
            {
                last = before
            }
            sources[content, default: []].append((position, last))
        }
    }

    /// The source that ended last, of those that may lie before a read or an inspection. O(log n), but for those that
    /// begin where it ends.
    func last(for met: Operation) -> Int32? {
        guard let (steps, begun) = begun(by: met) else { return nil }
        var last = begun == 0 ? nil : steps[begun - 1].last
        for (source, _) in steps[begun...].prefix(while: { operations[Int($0.source)].start == met.end })
        where operations[Int(source)].mayLieBefore(met)
            && operations[Int(source)].settledEnd > last.map({ operations[Int($0)].settledEnd }) ?? .min
        {
            last = source
        }
        return last
    }

    /// Whether all sources of what was met precede an invalidation that began when the last of them ended. O(n).
    func allPrecede(_ invalidation: Operation, for met: Operation) -> Bool {
        guard let (steps, _) = begun(by: met) else { return true }
        return steps.allSatisfy {
            let source = operations[Int($0.source)]
            return !source.mayLieBefore(met) || source.precedes(invalidation)
        }
    }

    /// How many sources began before a read or an inspection ended.
    private func begun(by met: Operation) -> (steps: [(source: Int32, last: Int32)], begun: Int)? {
        guard let steps = sources[Content(version: met.version, value: met.value)] else { return nil }
        let low = steps.countOfPrefix { operations[Int($0.source)].start < met.end }
        return (steps, low)
    }

    /// Whether a load or a write of unknown version may lie before what was met.
    func anythingMayBeWritten(before met: Operation) -> Bool {
        anonymous.prefix { $0.start <= met.end }.contains { $0.mayLieBefore(met) }
    }
}
