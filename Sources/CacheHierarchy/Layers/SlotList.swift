/// A doubly linked list of slots, threaded through the slots' own links: first is the most recently used.
struct SlotList: Sendable {
    static let none: Int32 = -1

    private(set) var first = SlotList.none
    private(set) var last = SlotList.none
    private(set) var count = 0

    /// O(1).
    @inline(__always)
    mutating func insertFirst(_ slot: Int32, in slots: inout [MemoryStorage.Slot]) {
        slots[Int(slot)].previous = SlotList.none
        slots[Int(slot)].next = first
        if first != SlotList.none { slots[Int(first)].previous = slot } else { last = slot }
        first = slot
        count += 1
    }

    /// O(1).
    @inline(__always)
    mutating func remove(_ slot: Int32, in slots: inout [MemoryStorage.Slot]) {
        let previous = slots[Int(slot)].previous
        let next = slots[Int(slot)].next
        if previous != SlotList.none { slots[Int(previous)].next = next } else { first = next }
        if next != SlotList.none { slots[Int(next)].previous = previous } else { last = previous }
        count -= 1
    }
}
