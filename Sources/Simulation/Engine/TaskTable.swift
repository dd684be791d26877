/// The tasks of a run, numbered in the order in which they are first seen. Task 0 is the body.
///
/// Numbers and never addresses: they are the same in every run of the same schedule.
struct TaskTable {
    struct Entry {
        var name: String?
        var parent: Int
        var isChild: Bool
        var isFinished = false
        /// Of the last point, or `noLabel`.
        var label = Entry.noLabel
        var lastStep = 0
        // The rest is kept in an exhaustive exploration only.
        /// What it will touch when it goes on, if the point where it stands says so.
        var declared: Footprint?
        /// What each of its steps may touch otherwise.
        var confinement = Confinement.none
        /// The step that made it runnable.
        var cause = -1

        static let noLabel = -1
    }

    var entries: [Entry] = []
    /// Open addressing from the runtime's number of a task (never 0) to ours.
    private var keys = [UInt64](repeating: 0, count: 256)
    private var numbers = [Int](repeating: 0, count: 256)

    mutating func reset() {
        entries.removeAll(keepingCapacity: true)
        for index in keys.indices { keys[index] = 0 }
    }

    /// The task with the runtime's number, and whether it is seen for the first time.
    @inline(__always)
    mutating func number(of key: UInt64, startedBy parent: Int, isChild: Bool) -> (task: Int, isNew: Bool) {
        var index = Self.slot(of: key, in: keys.count)
        while keys[index] != 0 {
            if keys[index] == key { return (numbers[index], false) }
            index = (index + 1) & (keys.count - 1)
        }
        keys[index] = key
        numbers[index] = entries.count
        entries.append(Entry(parent: parent, isChild: isChild))
        if entries.count * 2 > keys.count { grow() }
        return (entries.count - 1, true)
    }

    /// Keeps the last point of a task. Whether it is the first.
    @inline(__always)
    mutating func isFirstPoint(of task: Int, label: Int, step: Int) -> Bool {
        entries.withUnsafeMutableBufferPointer { entries in
            let isFirst = entries[task].label == Entry.noLabel
            entries[task].label = label
            entries[task].lastStep = step
            return isFirst
        }
    }

    private static func slot(of key: UInt64, in count: Int) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 24) & (count - 1)
    }

    private mutating func grow() {
        let old = zip(keys, numbers).filter { $0.0 != 0 }
        let count = keys.count * 2
        keys = [UInt64](repeating: 0, count: count)
        numbers = [Int](repeating: 0, count: count)
        for (key, number) in old {
            var index = Self.slot(of: key, in: count)
            while keys[index] != 0 { index = (index + 1) & (count - 1) }
            keys[index] = key
            numbers[index] = number
        }
    }
}
