/// Tracks the numbers that a subscriber received from one source: all up to the highest, except the gaps. A pure
/// value.
struct SequenceTracker {
    /// The classification of a number.
    enum Judgement: Equatable {
        /// The number is new. `missing` lies between it and the highest one before.
        case new(missing: ClosedRange<UInt64>?)
        /// The number counted as missing and arrives late.
        case late
        case duplicate
    }

    /// The number of gaps that are stored. A late event of an older gap counts as a duplicate: a counted loss is
    /// better than a second delivery.
    static let mostHoles = 1024

    private(set) var highest: UInt64
    /// The number of missing events.
    private(set) var missing: UInt64
    /// The gaps in ascending order.
    private(set) var holes: [ClosedRange<UInt64>]

    /// - Parameters:
    ///   - highest: all events up to this number were received or are not due,
    ///   - holes: except these, in ascending order.
    init(highest: UInt64, holes: [ClosedRange<UInt64>] = []) {
        self.highest = highest
        self.holes = holes
        missing = holes.reduce(0) { $0 + UInt64($1.count) }
    }

    /// Takes the number of an event. O(1) for a new number. For late numbers and duplicates O(n) in the number of
    /// gaps.
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

    /// Records that the source has published all numbers up to `sequence`.
    ///
    /// - Returns: the missing numbers that were not known before.
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
