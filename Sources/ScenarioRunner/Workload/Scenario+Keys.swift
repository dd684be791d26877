import Scenarios

extension Scenario {
    /// All keys of all data sets.
    package var keysInUse: [KeyInUse] { data.flatMap { $0.keysInUse(of: cluster.tenant) } }

    /// The keys of some data sets, the first `count` of each if that is given.
    package func keys(of names: [String], first count: Int? = nil) -> [KeyInUse] {
        names.compactMap { dataSet(named: $0) }.flatMap { $0.keysInUse(of: cluster.tenant).prefix(count ?? Int.max) }
    }
}

extension Cluster {
    /// The application whose cluster it is, of several that share a Redis; empty if it is alone.
    var tenant: String { tenants.first ?? "" }
}

extension DataSet {
    func keysInUse(of tenant: String) -> [KeyInUse] {
        (0..<keys).map {
            KeyInUse(
                name: keyName($0), valueSize: valueSize, tags: tags, record: record($0), schemas: schemas,
                tenant: tenant)
        }
    }
}
