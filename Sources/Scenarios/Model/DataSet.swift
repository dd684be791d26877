/// A group of keys that are alike.
///
/// All data exists in the origin, at its first version, before the first phase of a scenario begins; the caches are
/// empty then.
public struct DataSet: Sendable, Hashable, Codable {
    /// Unique in the scenario; letters, digits, `_` and `-`.
    public var name: String
    /// How many keys, at least 1.
    public var keys: Int
    /// The size of each value in bytes, at least 1.
    public var valueSize: Int
    /// The tags that every key of the set carries.
    public var tags: [String]

    public init(name: String, keys: Int, valueSize: Int = 100, tags: [String] = []) {
        self.name = name
        self.keys = keys
        self.valueSize = valueSize
        self.tags = tags
    }

    /// The key at an index from 0 up to ``keys``: `permissions:17`. No two sets of a scenario share a key.
    public func keyName(_ index: Int) -> String { "\(name):\(index)" }
}
