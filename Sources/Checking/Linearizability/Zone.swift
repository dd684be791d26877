import History

/// The write and the reads of one value, and the time in which the register must, or may, have held it.
struct Zone {
    /// The write, unless it failed.
    var write: Int32?
    /// A write of the value that certainly did not happen.
    var failed: Int32?
    /// The value is "nothing was ever written".
    var isInitial = false
    /// The read that ended first.
    private(set) var earliestRead: Int32?
    /// The operation that ended first.
    private(set) var firstToEnd: Int32?
    /// The operation that began last.
    private(set) var lastToStart: Int32?
    private(set) var earliestEnd = Operation.never
    private(set) var latestStart = Int64.min

    init(write: Int32? = nil) { self.write = write }

    mutating func add(read position: Int32, _ read: Operation) {
        if earliestRead == nil || read.end < earliestEnd {
            earliestRead = position
            firstToEnd = position
            earliestEnd = read.end
        }
        if read.start > latestStart || lastToStart == nil {
            lastToStart = position
            latestStart = read.start
        }
    }

    /// Takes the write into account, when all reads are there.
    mutating func close(_ operations: [Operation]) {
        if isInitial {
            earliestEnd = .min
            firstToEnd = nil
        } else if let write {
            let operation = operations[Int(write)]
            if operation.settledEnd < earliestEnd || firstToEnd == nil {
                earliestEnd = operation.settledEnd
                firstToEnd = write
            }
            if operation.start > latestStart || lastToStart == nil {
                latestStart = operation.start
                lastToStart = write
            }
        }
    }

    /// A write that may not have happened and that no read returned. It has no effect on the order.
    func isUnseen(_ operations: [Operation]) -> Bool {
        guard let write else { return earliestRead == nil }
        return earliestRead == nil && operations[Int(write)].outcome == .unknown
    }

    /// The operations that make the zone what it is, its write among them.
    var proof: [Int32] {
        var positions: [Int32] = []
        for position in [firstToEnd, lastToStart, write] {
            if let position, !positions.contains(position) { positions.append(position) }
        }
        return positions
    }
}
