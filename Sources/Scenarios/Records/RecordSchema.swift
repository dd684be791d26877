/// What one version of the application knows of a record, and by which names.
///
/// The system of record has columns: the members of the record in `Fixtures/Records`. A version of the application knows
/// some of them, some perhaps by another name than a later version does.
public struct RecordSchema: Sendable, Hashable, Codable {
    /// A column, and the name by which this version knows it.
    public struct Field: Sendable, Hashable, Codable {
        public var column: String
        public var name: String

        public init(column: String, name: String) {
            self.column = column
            self.name = name
        }
    }

    /// The version of the application.
    public var version: Int
    /// In the order in which they are written; never empty.
    public var fields: [Field]

    public init(version: Int, fields: [Field]) {
        self.version = version
        self.fields = fields
    }
}
