import Foundation

extension CacheInstance {
    /// The entry as a layer with that defect would keep it; without the defect, the entry.
    @inline(__always)
    func damaged(_ entry: CacheEntry, by defect: Defect) -> CacheEntry {
        has(defect) ? Self.damaged(entry, by: defect) : entry
    }

    private static func damaged(_ entry: CacheEntry, by defect: Defect) -> CacheEntry {
        guard let value = entry.value else { return entry }
        let text = String(decoding: value, as: UTF8.self)
        let damaged =
            defect == .lossyUnicode
            ? text.precomposedStringWithCanonicalMapping
            : text.replacing(/-?[0-9]{16,18}\b/) { number in Int64(Double(number.output) ?? 0).description }
        return CacheEntry(
            key: entry.key, version: entry.version, value: Array(damaged.utf8), tags: entry.tags, asOf: entry.asOf,
            deadline: entry.deadline)
    }
}
