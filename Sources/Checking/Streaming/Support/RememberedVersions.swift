import History

/// The highest of some versions. Where there are too many, the lowest are forgotten, and it is remembered that they
/// were.
struct RememberedVersions {
    /// Enough for any history in which this matters, and little enough for each of a million keys.
    static let limit = 64

    /// Ascending.
    private var versions: [Int64] = []
    private var forgotten = Int64.min

    var count: Int { versions.count }

    func contains(_ version: Int64) -> Bool { versions.contains(version) }

    /// Whether this version may have been one of those that were forgotten.
    func mayHaveForgotten(_ version: Int64) -> Bool { version <= forgotten && !contains(version) }

    mutating func insert(_ version: Int64) {
        guard !contains(version) else { return }
        let place = versions.firstIndex { $0 > version } ?? versions.count
        versions.insert(version, at: place)
        if versions.count > Self.limit { forgotten = max(forgotten, versions.removeFirst()) }
    }

    /// - Returns: whether it was there.
    @discardableResult
    mutating func remove(_ version: Int64) -> Bool {
        guard let place = versions.firstIndex(of: version) else { return false }
        versions.remove(at: place)
        return true
    }
}
