#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Byte strings to the numbers 0, 1, 2, … in the order of their first meeting. Expected O(length) a look-up, without
/// memory of its own for one that is known.
struct ByteTable {
    private struct Slot {
        var hash: UInt32
        /// -1: free.
        var number: Int32
    }

    private var slots = [Slot](repeating: Slot(hash: 0, number: -1), count: 64)
    private var bytes: [UInt8] = []
    /// Where the bytes of each number end.
    private var ends: [Int] = []

    var count: Int { ends.count }

    /// The number of a text that has been added; `nil` otherwise.
    @inline(__always)
    func number(of text: HashedText) -> Int32? {
        let found = slots[slot(of: text)].number
        return found >= 0 ? found : nil
    }

    /// Adds a text that is not there yet.
    mutating func add(_ text: HashedText) -> Int32 {
        if ends.count * 2 >= slots.count { grow() }
        let number = Int32(ends.count)
        slots[slot(of: text)] = Slot(hash: text.hash, number: number)
        bytes.append(contentsOf: text.bytes)
        ends.append(bytes.count)
        return number
    }

    /// The slot that holds a text, or else the free one where it belongs. Half of the slots are free, so there is one.
    @inline(__always)
    private func slot(of text: HashedText) -> Int {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: text.hash) & mask
        while true {
            let candidate = slots[slot]
            if candidate.number < 0 || (candidate.hash == text.hash && isEqual(candidate.number, text.bytes)) {
                return slot
            }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always)
    private func isEqual(_ number: Int32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = number == 0 ? 0 : ends[Int(number) - 1]
        let end = ends[Int(number)]
        guard end &- start == text.count else { return false }
        guard let address = text.baseAddress, text.count > 0 else { return true }
        return bytes.withUnsafeBufferPointer { stored in
            // `start` and `end` lie in `bytes`, as they were its counts once.
            memcmp(stored.baseAddress! + start, address, text.count) == 0
        }
    }

    private mutating func grow() {
        var larger = [Slot](repeating: Slot(hash: 0, number: -1), count: slots.count * 2)
        let mask = larger.count - 1
        for entry in slots where entry.number >= 0 {
            var slot = Int(entry.hash) & mask
            while larger[slot].number >= 0 { slot = (slot + 1) & mask }
            larger[slot] = entry
        }
        slots = larger
    }
}
