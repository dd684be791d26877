/// The names of a file that is being read: bytes to numbers. Two names are the same if their bytes are.
struct HistoryNames {
    /// Why a text is no name.
    enum Problem: Error {
        case invalidUTF8
        case tooMany
    }

    private(set) var keys: [String] = []
    private(set) var tagSets: [[String]] = [[]]
    private var keyNumbers = ByteTable()
    private var tags: [String] = []
    private var tagNumbers = ByteTable()
    /// Sequences of tags as they were written (unsorted), and the number of the set that each stands for.
    private var sequences = ByteTable()
    private var setOfSequence: [Int32] = []
    private let maximum: Int

    /// - Parameter maximum: how many keys there may be. An operation holds the number of its key in 32 bits.
    init(maximum: Int = Int(Int32.max)) { self.maximum = maximum }

    /// The number of a key.
    @inline(__always)
    mutating func number(ofKey text: HashedText) throws(Problem) -> Int32 {
        if let number = keyNumbers.number(of: text) { return number }
        return try addKey(text)
    }

    /// - Returns: whether a key has been met.
    func hasKey(_ text: HashedText) -> Bool { keyNumbers.number(of: text) != nil }

    private mutating func addKey(_ text: HashedText) throws(Problem) -> Int32 {
        guard keys.count < maximum else { throw .tooMany }
        keys.append(try Self.name(text))
        return keyNumbers.add(text)
    }

    /// The number of one tag, for ``number(ofTagSequence:)``.
    mutating func number(ofTag text: HashedText) throws(Problem) -> Int32 {
        if let number = tagNumbers.number(of: text) { return number }
        guard tags.count < maximum else { throw .tooMany }
        tags.append(try Self.name(text))
        return tagNumbers.add(text)
    }

    /// The number of the set that these tags make up, whatever their order.
    mutating func number(ofTagSequence sequence: [Int32]) throws(Problem) -> Int32 {
        if sequence.isEmpty { return 0 }
        let known = Self.withBytes(of: sequence) { text in sequences.number(of: text) }
        if let known { return setOfSequence[Int(known)] }
        let sorted = sequence.sorted { tags[Int($0)] < tags[Int($1)] }
        let set: Int32
        if sorted == sequence {
            guard tagSets.count < maximum else { throw .tooMany }
            set = Int32(tagSets.count)
            tagSets.append(sorted.map { tags[Int($0)] })
        } else {
            set = try number(ofTagSequence: sorted)
        }
        let number = Self.withBytes(of: sequence) { text in sequences.add(text) }
        precondition(Int(number) == setOfSequence.count, "one set for each sequence")
        setOfSequence.append(set)
        return set
    }

    private static func name(_ text: HashedText) throws(Problem) -> String {
        guard let name = String(validating: text.bytes, as: UTF8.self) else { throw .invalidUTF8 }
        return name
    }

    private static func withBytes<Result>(of sequence: [Int32], _ body: (HashedText) -> Result) -> Result {
        sequence.withUnsafeBytes { bytes in body(HashedText(bytes.assumingMemoryBound(to: UInt8.self))) }
    }
}
