import History

/// Which versions of one key were written, and by what.
struct WrittenVersions {
    /// Versions of the writes that happened, ascending.
    private var versions: [Int64] = []
    /// The unknown write that explains a version which no other write has: the one that began first.
    private var unknown: [Int64: Int32] = [:]
    /// Other writes of unknown outcome that began together with that one.
    private var twins: [Int64: [Int32]] = [:]
    private var seen: Set<Int32> = []
    private var hint = 0
    /// Pairs of writes that have the same version.
    private(set) var repeated: [(Int32, Int32)] = []
    /// Unknown writes of unknown version, in order of their starts.
    private(set) var anonymous: [Int32] = []
    /// A write of each version that certainly did not happen.
    private(set) var failed: [Int64: Int32] = [:]

    init(operations: [Operation], positions: ArraySlice<Int32>) {
        var written: [(version: Int64, position: Int32)] = []
        var isSorted = true
        for position in positions where operations[Int(position)].isWriting {
            let operation = operations[Int(position)]
            switch operation.outcome {
            case .ok:
                if let last = written.last, last.version >= operation.version { isSorted = false }
                written.append((operation.version, position))
            case .failed:
                if operation.version != 0 { failed[operation.version] = position }
            case .unknown:
                if operation.version == 0 {
                    anonymous.append(position)
                } else if let known = unknown[operation.version] {
                    if operations[Int(known)].start == operation.start {
                        twins[operation.version, default: []].append(position)
                    }
                } else {
                    unknown[operation.version] = position
                }
            }
        }
        if !isSorted {
            written.sort { ($0.version, $0.position) < ($1.version, $1.position) }
            for (left, right) in zip(written, written.dropFirst()) where left.version == right.version {
                repeated.append((left.position, right.position))
            }
        }
        versions = written.map(\.version)
    }

    /// Whether a write of this version happened or, its outcome being unknown, must have, now that it was read.
    mutating func explain(_ version: Int64) -> Bool {
        if isWritten(version) { return true }
        guard let position = unknown[version] else { return false }
        seen.insert(position)
        return true
    }

    /// Whether a read returned what this unknown write wrote.
    func isSeen(_ position: Int32) -> Bool { seen.contains(position) }

    /// Other unknown writes of a version, which began together with the one that explains it.
    func twins(of version: Int64) -> [Int32] { twins[version] ?? [] }

    private mutating func isWritten(_ version: Int64) -> Bool {
        // Reads that follow each other mostly return the same version, or a near one.
        var low = 0
        var high = versions.count
        if hint < high {
            if versions[hint] == version { return true }
            if versions[hint] < version { low = hint + 1 } else { high = hint }
        }
        while low < high {
            let middle = (low + high) / 2
            if versions[middle] < version { low = middle + 1 } else { high = middle }
        }
        guard low < versions.count, versions[low] == version else { return false }
        hint = low
        return true
    }
}
