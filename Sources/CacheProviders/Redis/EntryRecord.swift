import CacheHierarchy

/// The encoding of an entry as a value in Redis: a line of numbers, then the tags and the value. The line has their
/// lengths.
///
///     line = "1 " asOf " " version " " length of the value, or - for a deleted key, *(" " length of a tag) "\n"
enum EntryRecord {
    private static let format: Substring = "1"

    static func encode(_ entry: CacheEntry) -> [UInt8] {
        let numbers =
            ["\(entry.asOf)", "\(entry.version)", entry.value.map { "\($0.count)" } ?? "-"]
            + entry.tags.map { "\($0.utf8.count)" }
        var bytes = Array("\(format) \(numbers.joined(separator: " "))\n".utf8)
        for tag in entry.tags { bytes += tag.utf8 }
        return bytes + (entry.value ?? [])
    }

    /// - Returns: `nil` for another format, or for damaged bytes.
    static func decode(_ bytes: [UInt8], key: String) -> CacheEntry? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        guard words.count >= 4, words[0] == format, let asOf = Int64(words[1]), let version = Int64(words[2]) else {
            return nil
        }
        var rest = bytes[(end + 1)...]
        func take(_ word: Substring) -> ArraySlice<UInt8>? {
            guard let length = Int(word), length >= 0, length <= rest.count else { return nil }
            defer { rest = rest.dropFirst(length) }
            return rest.prefix(length)
        }
        var tags: [String] = []
        for word in words[4...] {
            guard let tag = take(word) else { return nil }
            tags.append(String(decoding: tag, as: UTF8.self))
        }
        var value: [UInt8]?
        if words[3] != "-" {
            guard let bytes = take(words[3]) else { return nil }
            value = Array(bytes)
        }
        guard rest.isEmpty else { return nil }
        return CacheEntry(key: key, version: version, value: value, tags: tags, asOf: asOf, deadline: Int64.max)
    }
}
