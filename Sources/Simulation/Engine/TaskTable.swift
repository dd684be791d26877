/// The tasks of a run, numbered in the order of their first step. Task 0 is the body.
///
/// The table stores numbers and no addresses, so each run of one schedule has the same numbers.
///
/// Why this is not a `Dictionary`: each step needs a look-up. It takes 1.5 ns here, and 8.8 ns in a `Dictionary`
/// (release build, 21 tasks).
struct TaskTable {
    struct Entry {
        var name: String?
        var parent: Int
        var isChild: Bool
        var isFinished = false
        /// The label of the last point, or `noLabel`.
        var label = Entry.noLabel
        var lastStep = 0
        // Only an exhaustive exploration maintains the following fields.
        /// The accesses of the next step, if the point at which the task waits declares them.
        var declared: AccessSet?
        /// The accesses that each other step may make.
        var confinement = Confinement.none
        /// The step that made the task runnable, or -1.
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

    /// Returns the task with the runtime's number, and whether this is its first step.
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

    /// Stores the last point of a task. Returns whether it is the task's first.
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
