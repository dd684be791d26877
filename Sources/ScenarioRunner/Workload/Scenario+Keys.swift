import Scenarios

extension Scenario {
    /// All keys of all data sets.
    var keysInUse: [KeyInUse] { data.flatMap { keysInUse(of: $0) } }

    /// The keys of some data sets, the first `count` of each if that is given.
    func keys(of names: [String], first count: Int? = nil) -> [KeyInUse] {
        names.compactMap { dataSet(named: $0) }.flatMap { keysInUse(of: $0).prefix(count ?? Int.max) }
    }

    private func keysInUse(of set: DataSet) -> [KeyInUse] {
        let tenant = cluster.tenants.first ?? ""
        return (0..<set.keys).map {
            KeyInUse(
                name: set.keyName($0), valueSize: set.valueSize, tags: set.tags, record: set.record($0),
                schemas: set.schemas,
                tenant: tenant)
        }
    }
}
