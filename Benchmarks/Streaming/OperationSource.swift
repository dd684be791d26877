import History

/// What fifty clients of a correct cache record, made as it is needed, in order of starts.
///
/// Effects are ten nanoseconds apart; each operation starts up to 240 ns before its effect and ends up to 250 ns after,
/// so that about 25 are in flight and none overlaps the next one of its client. One in ten is a write.
struct OperationSource: Sequence, IteratorProtocol {
    private static let clients = 50
    /// By so many effects an operation may start before its own: when so many more were made, none can come before it.
    private static let window = 25

    private let keys: UInt64
    private var random: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var contents: [Int64]
    /// Counted from one window on, so that no operation starts before 0.
    private var made = Int64(window)
    private var returned: Int64 = 0
    /// Operations by when they start, in a ring; those of one moment are returned one after the other.
    private var moments = [[Operation]](repeating: [], count: window + 1)
    private var current = 0

    private let count: Int64

    /// - Parameter count: how many operations. What they return was written by one of them: the last ones are not cut
    ///   off from writes that begin a little later.
    init(keys: Int, count: Int) {
        self.count = Int64(count)
        self.keys = UInt64(keys)
        contents = Array(repeating: 0, count: keys)
    }

    mutating func next() -> Operation? {
        while moments[current].isEmpty {
            if returned == count { return nil }
            if made - Int64(Self.window) < count { make() } else { current = (current + 1) % moments.count }
        }
        var operation = moments[current].removeLast()
        returned += 1
        operation.id = returned
        return operation
    }

    /// Makes the next effect, and turns the ring to the moment that is complete with it.
    private mutating func make() {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        made += 1
        let key = Int((random >> 16) % keys)
        let isWrite = (random >> 8) % 10 == 0
        if isWrite { contents[key] += 1 }
        let start = made - Int64(random >> 40 & 0xFF) % Int64(Self.window)
        let worker = made % Int64(Self.clients)
        moments[Int(start) % moments.count].append(
            Operation(
                kind: isWrite ? .write : .read, instance: Int32(worker % 3), worker: Int32(worker), key: Int32(key),
                version: contents[key], layer: isWrite ? .origin : .l2, scope: isWrite ? .cluster : .none,
                start: start * 10, end: made * 10 + Int64(random >> 48 & 0xFF) % 250))
        current = Int((made + 2) % Int64(moments.count))
    }
}
