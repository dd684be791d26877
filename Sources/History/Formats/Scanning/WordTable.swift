/// The words that may stand somewhere and what each of them means, found in a few instructions.
struct WordTable<Meaning> {
    let words: [String]
    private var slots: [(word: PackedWord, meaning: Meaning?)]
    private let shift: UInt64

    /// - Parameter word: what means it, of at most 15 bytes.
    init(_ meanings: [Meaning], word: (Meaning) -> String) { self.init(meanings.map { (word($0), $0) }) }

    /// - Parameter spellings: words of at most 15 bytes, each once, and what they mean.
    init(_ spellings: [(word: String, meaning: Meaning)]) {
        words = spellings.map(\.word)
        let bits = UInt64(Int.bitWidth - (4 * spellings.count).leadingZeroBitCount)
        shift = 64 - bits
        slots = Array(repeating: (PackedWord(low: 0, high: 0), nil), count: 1 << bits)
        for (word, meaning) in spellings {
            var text = word
            let packed = text.withUTF8 { PackedWord($0) }
            guard let packed, text.utf8.count < 16 else { preconditionFailure("\(text) is too long a word") }
            var slot = place(of: packed)
            while slots[slot].meaning != nil { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = (packed, meaning)
        }
    }

    /// What a word means; `nil` if it is not one of them.
    @inline(__always)
    subscript(_ word: PackedWord) -> Meaning? {
        var slot = place(of: word)
        // At least half of the slots are free, so one is met.
        while let meaning = slots[slot].meaning {
            if slots[slot].word == word { return meaning }
            slot = (slot &+ 1) & (slots.count &- 1)
        }
        return nil
    }

    @inline(__always)
    private func place(of word: PackedWord) -> Int {
        Int(truncatingIfNeeded: ((word.low ^ word.high &* 31) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }
}

/// A word of at most 16 bytes in two numbers, so that it is compared without a look at its letters.
struct PackedWord: Hashable {
    var low: UInt64
    var high: UInt64

    @inline(__always)
    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// - Returns: `nil` if there are more than 16 bytes. Zero bytes at the end are not distinguished from none; no
    ///   known word has any.
    @inline(__always)
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= 16 else { return nil }
        (low, high) = (0, 0)
        for index in bytes.indices {
            let byte = UInt64(bytes[index])
            if index < 8 { low |= byte &<< UInt64(index &* 8) } else { high |= byte &<< UInt64((index &- 8) &* 8) }
        }
    }
}
