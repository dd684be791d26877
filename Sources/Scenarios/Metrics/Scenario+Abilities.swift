/// What a phase does to the cache, as far as checks and metrics depend on it.
struct Abilities: OptionSet, Sendable {
    let rawValue: UInt8

    /// Keys are asked for.
    static let reads = Abilities(rawValue: 1)
    /// Keys are written or deleted: the origin has a newer version.
    static let writes = Abilities(rawValue: 2)
    /// Keys are invalidated one by one.
    static let invalidates = Abilities(rawValue: 4)
    /// Groups are invalidated by their tags.
    static let invalidatesTags = Abilities(rawValue: 8)
    static let warms = Abilities(rawValue: 16)
    static let waits = Abilities(rawValue: 32)
    static let inspects = Abilities(rawValue: 64)

    /// Everything that makes cached values old.
    static let changes: Abilities = [.writes, .invalidates, .invalidatesTags]
    /// Everything that puts values into the cache.
    static let fills: Abilities = [.reads, .writes, .warms]
    /// Everything that a client does.
    static let operations: Abilities = [.reads, .writes, .invalidates, .invalidatesTags, .warms]
}

extension Phase {
    var abilities: Abilities {
        switch action {
        case .sweep(let sweep):
            switch sweep.operation {
            case .read: return .reads
            case .write, .delete: return .writes
            case .invalidate: return .invalidates
            case .warm: return .warms
            }
        case .invalidateTags: return .invalidatesTags
        case .wait: return .waits
        case .inspect: return .inspects
        case .script(let script):
            return script.workers.joined().reduce(into: []) { $0.formUnion($1.abilities) }
        case .mix(let mix):
            var abilities: Abilities = []
            if mix.shares.read > 0 { abilities.insert(.reads) }
            if mix.shares.write > 0 || mix.shares.delete > 0 { abilities.insert(.writes) }
            if mix.shares.invalidate > 0 { abilities.insert(.invalidates) }
            if mix.shares.invalidateTag > 0 { abilities.insert(.invalidatesTags) }
            return abilities
        }
    }

    func does(_ any: Abilities) -> Bool { !abilities.isDisjoint(with: any) }
}

extension Scenario {
    /// Whether some phase does one of these.
    func does(_ any: Abilities) -> Bool { phases.contains { $0.does(any) } }

    /// Whether some phase looks into the layers.
    package var inspects: Bool { does(.inspects) }

    /// The phases in which one of `second` happens while or after one of `first` did.
    func phases(doing second: Abilities, after first: Abilities) -> [Phase] {
        guard let start = phases.firstIndex(where: { $0.does(first) }) else { return [] }
        return phases[start...].enumerated().filter { offset, phase in
            guard phase.does(second) else { return false }
            if offset > 0 { return true }
            // Within one phase both happen only if it mixes them.
            switch phase.action {
            case .mix, .script: return true
            default: return false
            }
        }.map(\.element)
    }

    /// The largest number of instances of any variant.
    var mostInstances: Int { variation.instances?.max() ?? cluster.instances }

    /// The smallest number of instances of any variant.
    var fewestInstances: Int { variation.instances?.min() ?? cluster.instances }

    /// The smallest number of keys of a data set in any variant.
    func fewestKeys(of dataSet: DataSet) -> Int { variation.keys?.min() ?? dataSet.keys }
}
