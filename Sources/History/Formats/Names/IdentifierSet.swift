/// The ids that were met, 64 neighbours to an entry: about a byte for each if they are consecutive, as a recorder's
/// are, and 50 to 100 bytes if each stands alone.
struct IdentifierSet {
    private var blocks = NumberTable<UInt64>(initial: 0)

    /// - Returns: whether it is new.
    @inline(__always)
    mutating func insert(_ id: Int64) -> Bool {
        let bit: UInt64 = 1 &<< UInt64(id & 63)
        return blocks.update(id >> 6, 0) { bits in
            guard bits & bit == 0 else { return false }
            bits |= bit
            return true
        }
    }
}
