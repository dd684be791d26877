/// Pairs of numbers to something else, in open addressing. Expected O(1).
struct NumberTable<Payload> {
    private struct Entry {
        var first: Int64
        var second: Int32
        var isUsed: Bool
        var payload: Payload
    }

    private var entries: [Entry]
    private var count = 0
    private let initial: Payload
    private var shift: UInt64
    /// Drawn anew for each table, so that no file can be made whose numbers all collide. It is odd, as a factor that
    /// keeps numbers apart must be.
    private let factor = UInt64.random(in: 0 ... .max) | 1

    /// - Parameter initial: what a pair has that was not met before.
    init(initial: Payload) {
        self.initial = initial
        entries = Self.free(64, initial)
        shift = 64 - 6
    }

    /// Lets a body read and change what a pair has.
    @inline(__always)
    mutating func update<Result>(_ first: Int64, _ second: Int32, _ body: (inout Payload) -> Result) -> Result {
        var slot = slot(first, second)
        if !entries[slot].isUsed { slot = insert(first, second) }
        return body(&entries[slot].payload)
    }

    @inline(__always)
    private func slot(_ first: Int64, _ second: Int32) -> Int {
        let mask = entries.count &- 1
        let mixed = (UInt64(bitPattern: first) ^ UInt64(UInt32(bitPattern: second)) &<< 40).multipliedFullWidth(
            by: factor)
        var slot = Int(truncatingIfNeeded: (mixed.low ^ mixed.high) &>> shift)
        while entries[slot].isUsed && (entries[slot].first != first || entries[slot].second != second) {
            slot = (slot &+ 1) & mask
        }
        return slot
    }

    private mutating func insert(_ first: Int64, _ second: Int32) -> Int {
        if count * 2 >= entries.count {
            let old = entries
            entries = Self.free(old.count * 2, initial)
            shift -= 1
            for entry in old where entry.isUsed { entries[slot(entry.first, entry.second)] = entry }
        }
        count += 1
        let slot = slot(first, second)
        entries[slot] = Entry(first: first, second: second, isUsed: true, payload: initial)
        return slot
    }

    private static func free(_ count: Int, _ initial: Payload) -> [Entry] {
        Array(repeating: Entry(first: 0, second: 0, isUsed: false, payload: initial), count: count)
    }
}

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
