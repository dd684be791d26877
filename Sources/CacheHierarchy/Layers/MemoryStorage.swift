import HeapModule
import History
import Support

/// Entries in memory, bounded in number, with a policy for what to give up. It knows nothing of floors or deadlines
/// beyond the policy's needs: whether an entry may still be served is for the layer around it to say.
///
/// A look-up, an insertion and a removal are O(1) (amortised; O(log n) with ``EvictionPolicy/ttl``).
struct MemoryStorage: Sendable {
    struct Slot: Sendable {
        /// `nil` for a ghost: a key that ARC remembers without its value.
        var entry: CacheEntry?
        var name: NameKey?
        var previous = SlotList.none
        var next = SlotList.none
        var list: ListName
        /// Distinguishes this use of the slot from earlier ones, for the heap of deadlines.
        var generation: UInt32 = 0
    }

    /// LRU and TTL use `recent` alone; ARC's own names are T1, T2, B1 and B2.
    enum ListName: UInt8, Sendable { case recent, frequent, recentGhosts, frequentGhosts, free }

    private struct Expiry: Comparable, Sendable {
        let deadline: Int64
        let slot: Int32
        let generation: UInt32
        static func < (left: Expiry, right: Expiry) -> Bool { left.deadline < right.deadline }
    }

    /// The most entries held at a time.
    let capacity: Int
    private let policy: EvictionPolicy
    private var numbers: [NameKey: Int32] = [:]
    private var slots: [Slot] = []
    private var free: [Int32] = []
    private var recent = SlotList()
    private var frequent = SlotList()
    private var recentGhosts = SlotList()
    private var frequentGhosts = SlotList()
    /// ARC's p: how many of the capacity the recent list should have.
    private var recentTarget = 0
    private var expiries = Heap<Expiry>()
    private var generation: UInt32 = 0

    init(capacity: Int, policy: EvictionPolicy) {
        precondition(capacity > 0, "a layer holds at least one entry")
        self.capacity = capacity
        self.policy = policy
    }

    /// How many entries there are.
    var count: Int { recent.count + frequent.count }

    /// The entry, counted as a use. O(1).
    @inline(__always)
    mutating func use(_ name: NameKey) -> CacheEntry? {
        guard let slot = numbers[name], let entry = slots[Int(slot)].entry else { return nil }
        switch policy {
        case .ttl: break
        case .lru:
            if recent.first != slot { move(slot, to: .recent) }
        case .adaptive:
            if frequent.first != slot { move(slot, to: .frequent) }
        }
        return entry
    }

    /// The entry, not counted as a use. O(1).
    func peek(_ name: NameKey) -> CacheEntry? {
        guard let slot = numbers[name] else { return nil }
        return slots[Int(slot)].entry
    }

    /// Stores an entry, in place of an earlier one of its key.
    /// - Returns: the entry given up for it, if any.
    mutating func insert(_ entry: CacheEntry) -> CacheEntry? {
        generation &+= 1
        let name = entry.name
        if let slot = numbers[name] {
            let wasGhost = slots[Int(slot)].entry == nil
            var victim: CacheEntry?
            if wasGhost {
                adapt(towards: slots[Int(slot)].list)
                if count >= capacity { victim = evict(preferringRecent: slots[Int(slot)].list != .frequentGhosts) }
            }
            slots[Int(slot)].entry = entry
            slots[Int(slot)].generation = generation
            move(slot, to: policy == .adaptive ? .frequent : .recent)
            noteDeadline(of: entry, in: slot)
            return victim
        }
        var victim: CacheEntry?
        if count >= capacity { victim = evict(preferringRecent: true) }
        let slot: Int32
        if let reused = free.popLast() {
            slot = reused
            slots[Int(slot)] = Slot(entry: entry, name: name, list: .recent, generation: generation)
        } else {
            slot = Int32(slots.count)
            slots.append(Slot(entry: entry, name: name, list: .recent, generation: generation))
        }
        numbers[name] = slot
        recent.insertFirst(slot, in: &slots)
        noteDeadline(of: entry, in: slot)
        trimGhosts()
        return victim
    }

    /// Removes an entry and all memory of its key.
    @discardableResult
    mutating func remove(_ name: NameKey) -> CacheEntry? {
        guard let slot = numbers[name] else { return nil }
        let entry = slots[Int(slot)].entry
        discard(slot)
        return entry
    }

    mutating func removeAll() {
        self = MemoryStorage(capacity: capacity, policy: policy)
    }

    /// All entries, in no particular order. O(n).
    var entries: [CacheEntry] { numbers.values.compactMap { slots[Int($0)].entry } }

    // MARK: The policies

    /// Frees room for one entry. O(1); with `ttl` O(log n) amortised.
    private mutating func evict(preferringRecent: Bool) -> CacheEntry? {
        switch policy {
        case .lru: return discard(recent.last)
        case .ttl:
            while let soonest = expiries.popMin() {
                if slots[Int(soonest.slot)].generation == soonest.generation, slots[Int(soonest.slot)].entry != nil {
                    return discard(soonest.slot)
                }
            }
            return discard(recent.last)
        case .adaptive:
            // ARC's REPLACE: give up from the recent list while it is over its target, and remember the key as a ghost.
            let fromRecent =
                recent.count > 0
                && (recent.count > recentTarget || (recent.count == recentTarget && !preferringRecent)
                    || frequent.count == 0)
            let slot = fromRecent ? recent.last : frequent.last
            guard slot != SlotList.none else { return nil }
            let entry = slots[Int(slot)].entry
            slots[Int(slot)].entry = nil
            move(slot, to: fromRecent ? .recentGhosts : .frequentGhosts)
            return entry
        }
    }

    /// A ghost was asked for again: the list it left was too short.
    private mutating func adapt(towards ghosts: ListName) {
        if ghosts == .recentGhosts {
            recentTarget = min(capacity, recentTarget + max(1, frequentGhosts.count / max(1, recentGhosts.count)))
        } else {
            recentTarget = max(0, recentTarget - max(1, recentGhosts.count / max(1, frequentGhosts.count)))
        }
    }

    /// ARC remembers at most as many keys without values as it holds with them.
    private mutating func trimGhosts() {
        guard policy == .adaptive else { return }
        while recent.count + recentGhosts.count > capacity, recentGhosts.count > 0 { discard(recentGhosts.last) }
        while count + recentGhosts.count + frequentGhosts.count > 2 * capacity, frequentGhosts.count > 0 {
            discard(frequentGhosts.last)
        }
    }

    private mutating func noteDeadline(of entry: CacheEntry, in slot: Int32) {
        guard policy == .ttl else { return }
        expiries.insert(Expiry(deadline: entry.deadline, slot: slot, generation: generation))
        // Replaced entries leave their deadlines behind; they are swept out before they outnumber the living.
        if expiries.count > 2 * capacity + 16 {
            expiries = Heap(expiries.unordered.filter { slots[Int($0.slot)].generation == $0.generation })
        }
    }

    @discardableResult
    private mutating func discard(_ slot: Int32) -> CacheEntry? {
        guard slot != SlotList.none else { return nil }
        let entry = slots[Int(slot)].entry
        if let name = slots[Int(slot)].name { numbers[name] = nil }
        unlink(slot)
        slots[Int(slot)] = Slot(entry: nil, name: nil, list: .free)
        free.append(slot)
        return entry
    }

    @inline(__always)
    private mutating func move(_ slot: Int32, to list: ListName) {
        unlink(slot)
        slots[Int(slot)].list = list
        switch list {
        case .recent: recent.insertFirst(slot, in: &slots)
        case .frequent: frequent.insertFirst(slot, in: &slots)
        case .recentGhosts: recentGhosts.insertFirst(slot, in: &slots)
        case .frequentGhosts: frequentGhosts.insertFirst(slot, in: &slots)
        case .free: break
        }
    }

    @inline(__always)
    private mutating func unlink(_ slot: Int32) {
        switch slots[Int(slot)].list {
        case .recent: recent.remove(slot, in: &slots)
        case .frequent: frequent.remove(slot, in: &slots)
        case .recentGhosts: recentGhosts.remove(slot, in: &slots)
        case .frequentGhosts: frequentGhosts.remove(slot, in: &slots)
        case .free: break
        }
    }
}
