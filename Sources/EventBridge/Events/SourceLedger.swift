/// What a subscriber has had of one source: everything up to the highest number, except the holes. Pure.
struct SourceLedger {
    /// What a number means.
    enum Judgement: Equatable {
        /// It is new. `missing` lies between it and the highest before it.
        case new(missing: ClosedRange<UInt64>?)
        /// It had been counted as missing, and comes after all.
        case late
        case duplicate
    }

    /// How many holes are remembered one by one. Of older ones a late arrival is taken for a duplicate: rather a loss
    /// that is counted than an event that is delivered twice.
    static let mostHoles = 1024

    private(set) var highest: UInt64
    /// How many numbers are missing.
    private(set) var missing: UInt64
    /// Ascending.
    private(set) var holes: [ClosedRange<UInt64>]

    /// - Parameters:
    ///   - highest: everything up to here is not owed, or was taken.
    ///   - holes: but for these, ascending.
    init(highest: UInt64, holes: [ClosedRange<UInt64>] = []) {
        self.highest = highest
        self.holes = holes
        missing = holes.reduce(0) { $0 + UInt64($1.count) }
    }

    /// Takes an event's number. O(1), but for late ones and duplicates, which are looked for among the holes.
    mutating func take(_ sequence: UInt64) -> Judgement {
        if sequence > highest {
            let hole = sequence > highest + 1 ? open(through: sequence - 1) : nil
            highest = sequence
            return .new(missing: hole)
        }
        guard let index = holes.lastIndex(where: { $0.contains(sequence) }) else { return .duplicate }
        let hole = holes.remove(at: index)
        if sequence < hole.upperBound { holes.insert(sequence + 1...hole.upperBound, at: index) }
        if sequence > hole.lowerBound { holes.insert(hole.lowerBound...sequence - 1, at: index) }
        missing -= 1
        return .late
    }

    /// Learns that everything up to a number has been published.
    /// - Returns: what is missing of it and was not known to be.
    mutating func learn(published sequence: UInt64) -> ClosedRange<UInt64>? {
        guard sequence > highest else { return nil }
        defer { highest = sequence }
        return open(through: sequence)
    }

    private mutating func open(through last: UInt64) -> ClosedRange<UInt64> {
        let hole = highest + 1...last
        missing += last - highest
        holes.append(hole)
        if holes.count > Self.mostHoles { holes.removeFirst() }
        return hole
    }
}
