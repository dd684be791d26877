import History

/// The sessions that used one key.
struct KeySessions {
    /// Those met first stand in a list that is searched: in most histories a key has few.
    private static let longestList = 32

    private var workers: [Int32] = []
    private var marks: [SessionMaxima] = []
    /// By worker, the places behind the list.
    private var places: [Int32: Int] = [:]

    /// How many operations are kept.
    var retained: Int { marks.reduce(0) { $0 + $1.retained } }

    /// Takes the next operation of the key, in order of starts. O(1) for workers that do one thing at a time.
    /// - Returns: the read and the write of the highest versions that its session did before; `nil` if there are none.
    mutating func meet(_ operation: Operation) -> (read: Operation?, written: Operation?)? {
        marks[place(of: operation.worker)].meet(operation)
    }

    /// The same, without taking the operation: an operation of unknown version gives no mark.
    mutating func marks(before operation: Operation) -> (read: Operation?, written: Operation?)? {
        marks[place(of: operation.worker)].marks(before: operation)
    }

    private mutating func place(of worker: Int32) -> Int {
        if let place = workers.firstIndex(of: worker) ?? places[worker] { return place }
        let place = marks.count
        marks.append(SessionMaxima())
        if workers.count < Self.longestList { workers.append(worker) } else { places[worker] = place }
        return place
    }
}
