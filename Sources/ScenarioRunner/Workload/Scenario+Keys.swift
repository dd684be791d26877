import Scenarios

extension Scenario {
    /// All keys of all data sets.
    var keysInUse: [KeyInUse] { data.flatMap(\.keysInUse) }

    /// The keys of some data sets, the first `count` of each if that is given.
    func keys(of names: [String], first count: Int? = nil) -> [KeyInUse] {
        names.compactMap { dataSet(named: $0) }.flatMap { $0.keysInUse.prefix(count ?? Int.max) }
    }
}

extension DataSet {
    var keysInUse: [KeyInUse] {
        (0..<keys).map {
            KeyInUse(name: keyName($0), valueSize: valueSize, tags: tags, record: record($0), schemas: schemas)
        }
    }
}
