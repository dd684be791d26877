/// What a value of a data set is made of: a JSON text from `Fixtures/Records`.
///
/// A class, so that each of many keys refers to the one text.
public final class Record: Sendable, Hashable, Codable {
    /// The name of its file, without the ending.
    public let name: String
    /// The text of the file.
    package let text: JSONDocument

    package init(name: String, text: JSONDocument) {
        self.name = name
        self.text = text
    }

    public static func == (left: Record, right: Record) -> Bool {
        left === right || (left.name == right.name && left.text == right.text)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
