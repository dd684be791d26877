/// A group of keys that are alike.
///
/// All data exists in the origin, at its first version, before the first phase of a scenario begins; the caches are
/// empty then.
public struct DataSet: Sendable, Hashable, Codable {
    /// Unique in the scenario; letters, digits, `_` and `-`.
    public var name: String
    /// How many keys, at least 1.
    public var keys: Int
    /// The size of each value in bytes, at least 1. Values made of records are no smaller, but may be larger.
    public var valueSize: Int
    /// The tags that every key of the set carries.
    public var tags: [String]
    /// What the values are made of, dealt out to the keys in turn. Empty: of anything.
    public var records: [Record]
    /// What each version of the application knows of the records. Empty: all of them everything.
    public var schemas: [RecordSchema]

    /// Makes it; each argument is the property of the same name.
    public init(
        name: String, keys: Int, valueSize: Int = 100, tags: [String] = [], records: [Record] = [],
        schemas: [RecordSchema] = []
    ) {
        self.name = name
        self.keys = keys
        self.valueSize = valueSize
        self.tags = tags
        self.records = records
        self.schemas = schemas
    }

    /// The key at an index from 0 up to ``keys``: `permissions:17`. No two sets of a scenario share a key.
    public func keyName(_ index: Int) -> String { "\(name):\(index)" }

    /// The record that the value of a key is made of.
    public func record(_ index: Int) -> Record? { records.isEmpty ? nil : records[index % records.count] }
}
