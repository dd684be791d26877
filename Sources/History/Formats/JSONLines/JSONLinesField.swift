/// The fields of a line of JSON Lines.
enum JSONLinesField: Int, CaseIterable {
    case id, kind, key, tags, version, value, start, end, instance, worker, layer, source, scope, outcome, cause
    case tombstone, absent, expected, refused
    /// Alone in its line: the names of keys, numbered in this order.
    case keys
    /// Alone in its line: sets of tags, numbered in this order.
    case tagSets
    /// Alone in its line: what the history was recorded to be asked.
    case checks

    /// Whether it stands alone in its line.
    var isDeclaration: Bool { rawValue >= Self.keys.rawValue }

    var name: String { "\(self)" }
}

/// The first line.
enum JSONLinesHeader {
    enum Field: Int, CaseIterable {
        case format, version

        var name: String { "\(self)" }
    }

    static let format = "swift-cache-coherence history"
    /// The newest version that is read, and the one that is written.
    static let version: Int64 = 2
    static let line = "{\"format\":\"\(format)\",\"version\":\(version)}"
}
