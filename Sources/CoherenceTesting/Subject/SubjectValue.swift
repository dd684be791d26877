/// A value of a scenario. It tells which write it comes from, so keep it whole: as it is, as its text or as its bytes.
public struct SubjectValue: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The value as text.
    public let text: String

    /// The value that a text is.
    public init(_ text: String) { self.text = text }

    /// The value that bytes are, in UTF-8; `nil` if they are no text, and so no value of a scenario.
    public init?(utf8 bytes: some Collection<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.text = text
    }

    /// Reads the text.
    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// The value as bytes, in UTF-8.
    public var utf8: [UInt8] { Array(text.utf8) }

    /// The text.
    public var description: String { text }
}

/// What came of a read.
public enum SubjectRead: Sendable, Hashable {
    /// A value, and the layer that served it; `nil` if that is not known.
    case found(SubjectValue, in: SubjectLayer? = nil)
    /// The cache knows, or the origin said, that nothing exists.
    case nothing
    /// The cache has nothing and asked nobody. It says nothing of what there is, and is not judged.
    case miss

    /// A value, or nothing.
    public init(_ value: SubjectValue?) { self = value.map { .found($0) } ?? .nothing }
}
