/// What one version of the application knows of a record, and by which names.
///
/// The system of record has columns: the members of the record in `Fixtures/Records`. A version of the application
/// knows some of them, some perhaps by another name than a later version does.
public struct RecordSchema: Sendable, Hashable, Codable {
    /// A column, and the name by which this version knows it.
    public struct Field: Sendable, Hashable, Codable {
        /// The name of the member in the record.
        public var column: String
        /// The name by which this version of the application knows it.
        public var name: String

        /// Makes a field.
        public init(column: String, name: String) {
            self.column = column
            self.name = name
        }
    }

    /// The version of the application.
    public var version: Int
    /// In the order in which they are written; never empty.
    public var fields: [Field]

    /// Makes a schema; each argument is the property of the same name.
    public init(version: Int, fields: [Field]) {
        self.version = version
        self.fields = fields
    }
}

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
