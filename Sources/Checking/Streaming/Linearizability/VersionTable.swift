import History

/// A write of each version, for those versions that a read may still return, in order of version.
///
/// O(log n) to find one, O(1) on average to forget the lowest; O(1) to add one that is higher than all, O(n) to move
/// others out of the way otherwise.
struct VersionTable {
    struct Entry {
        /// The write that explains the version, or one that failed if none does.
        var write: Operation
        /// For a write of unknown outcome: a read returned what it wrote.
        var isSeen = false
    }

    private var entries: [Entry] = []
    /// Those before it are forgotten.
    private var first = 0

    var count: Int { entries.count - first }

    /// The write of a version. Setting `nil` is not supported: versions are forgotten in order.
    subscript(version: Int64) -> Entry? {
        let place = place(of: version)
        guard place < entries.count, entries[place].write.version == version else { return nil }
        return entries[place]
    }

    /// Adds a write, in place of the one that had its version.
    mutating func set(_ entry: Entry) {
        let place = place(of: entry.write.version)
        if place < entries.count, entries[place].write.version == entry.write.version {
            entries[place] = entry
        } else {
            entries.insert(entry, at: place)
        }
    }

    /// Forgets all writes of lower versions.
    mutating func forget(below version: Int64) {
        while first < entries.count, entries[first].write.version < version { first += 1 }
        if first == entries.count {
            entries.removeAll(keepingCapacity: entries.count <= 64)
            first = 0
        } else if first > 16, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        }
    }

    /// Where this version is, or belongs.
    private func place(of version: Int64) -> Int {
        var low = first
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].write.version < version { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
