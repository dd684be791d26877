/// A set of steps of a run, by their number.
struct StepSet {
    private var words: [UInt64] = []

    func contains(_ step: Int) -> Bool { step >> 6 < words.count && words[step >> 6] & (1 << UInt64(step & 63)) != 0 }

    mutating func insert(_ step: Int) {
        while words.count <= step >> 6 { words.append(0) }
        words[step >> 6] |= 1 << UInt64(step & 63)
    }

    mutating func formUnion(_ other: StepSet) {
        while words.count < other.words.count { words.append(0) }
        for index in other.words.indices { words[index] |= other.words[index] }
    }
}
