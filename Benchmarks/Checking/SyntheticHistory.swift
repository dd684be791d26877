import History

/// What clients of a correct register would have recorded: each operation takes its effect at one moment of its interval.
struct SyntheticHistory {
    /// With versions.
    let versions: History
    /// The same with unique values instead.
    let values: History
    /// As a recorder has the operations before it merges them.
    let byWorker: [Operation]
    /// In no order at all.
    let shuffled: [Operation]

    /// - Parameter clients: each is busy all the time, so that many operations overlap at any time.
    init(operations count: Int, keys: Int, clients: Int, seed: UInt64) {
        var random = seed
        func next(_ bound: Int64) -> Int64 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return Int64(random % UInt64(bound))
        }
        random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var contents = [Int64](repeating: 0, count: keys)
        var ends = [Int64](repeating: 0, count: clients)
        var tracks = [[Operation]](repeating: [], count: clients)
        // Effects come in order of the numbers, ten nanoseconds apart; each client's turn comes again in its rotation.
        for number in 0..<count {
            let worker = number % clients
            let effect = Int64(number + 1) * 10
            let key = Int(next(Int64(keys)))
            let isWrite = next(10) == 0
            if isWrite { contents[key] += 1 }
            let start = max(ends[worker] + 1, effect - next(Int64(clients) * 5))
            let end = effect + next(Int64(clients) * 5)
            ends[worker] = end
            tracks[worker].append(
                Operation(
                    id: Int64(worker) * 1_000_000_000 + Int64(number) + 1, kind: isWrite ? .write : .read,
                    instance: Int32(worker % 3), worker: Int32(worker), key: Int32(key), version: contents[key],
                    layer: isWrite ? .origin : .l2, scope: isWrite ? .cluster : .none, start: start, end: end))
        }
        byWorker = tracks.flatMap { $0 }
        let names = (0..<keys).map { "key \($0)" }
        versions = History(operations: byWorker, keys: names)
        values = History(
            operations: byWorker.map {
                var operation = $0
                operation.value = operation.version
                operation.version = 0
                return operation
            }, keys: names)
        var mixed = byWorker
        for index in mixed.indices.dropFirst().reversed() { mixed.swapAt(index, Int(next(Int64(index + 1)))) }
        shuffled = mixed
    }
}
