import History

/// Where entries are, and which fills can have put them there.
struct NaivePlaces {
    let history: History
    /// "L3 is shared by the instances of a host (`hosts`; all are on one if it is not given), redis by all."
    var hosts: [Int32: Int32] = [:]

    var fills: [Operation] { history.operations.filter { $0.kind == .fill && $0.outcome != .failed } }

    /// "The same place, key, version and value, not failed. A fill can have provided what a read, an inspection or
    /// another fill met if it began no later than that ended, and that does not precede it."
    func fills(of layer: Layer, thatCanProvide met: Operation) -> [Operation] {
        fills.filter { fill in
            fill.id != met.id && fill.layer == layer && fill.key == met.key && fill.version == met.version
                && fill.value == met.value && areOne(layer, fill, met)
                && (fill.start <= met.end || met.outcome == .unknown) && !met.precedes(fill)
        }
    }

    func areOne(_ layer: Layer, _ fill: Operation, _ met: Operation) -> Bool {
        switch layer {
        // "What a read or an inspection by a worker meets in its L1 may have been put there by a fill of its instance
        // that names no worker."
        case .l1: fill.instance == met.instance && (fill.worker == met.worker || fill.worker == -1)
        case .l2: fill.instance == met.instance
        case .l3: hosts[fill.instance, default: 0] == hosts[met.instance, default: 0]
        case .redis, .origin: true
        }
    }
}
