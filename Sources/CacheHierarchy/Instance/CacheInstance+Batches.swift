import History
import Support

extension CacheInstance {
    /// What came of one key of a batch.
    typealias Outcome = Result<Served, CacheError>

    /// The most keys that go through the layers together. It bounds the time for which a batch holds a lock, a
    /// script or a transaction.
    static let batchSize = 100

    /// Looks for distinct keys, from L2 outwards. Each layer is asked once, for the keys that no layer inside of it
    /// has.
    ///
    /// Each key keeps its own flight and its own token, and is refused alone. The batch waits for flights of other
    /// readers only after all flights that it leads have landed, so batches cannot wait for each other in a circle.
    /// - Parameter keys: at most ``batchSize``.
    nonisolated(nonsending) func read(_ keys: [NameKey], observer: any CacheObserver) async -> [Outcome] {
        let now = clock.upperBound()
        guard trust.isTrusted(at: now) else { return await readOrigin(keys, observer: observer) }
        let lookups = memory.lookUp(keys, now: now) { trust.isGood($0, at: now) }
        return await follow(lookups, keys, at: now, observer: observer)
    }

    /// Does what look-ups in L2 said is to be done.
    /// - Parameter now: when they were made.
    nonisolated(nonsending) func follow(
        _ lookups: [ProcessMemory.Lookup], _ keys: [NameKey], at now: Int64, observer: any CacheObserver
    ) async -> [Outcome] {
        var outcomes = [Outcome?](repeating: nil, count: keys.count)
        var led = BatchLoad(of: self)
        var ledPlaces: [Int] = []
        var joined: [(place: Int, flight: Flight)] = []
        var direct: [Int] = []
        for (place, lookup) in lookups.enumerated() {
            switch lookup {
            case .hit(let entry): outcomes[place] = .success(Served(entry: entry, layer: .l2, keptIn: .l2))
            case .held: direct.append(place)
            case .join(let flight): joined.append((place, flight))
            case .lead(let flight):
                led.add(keys[place], flight)
                ledPlaces.append(place)
            }
        }
        if !ledPlaces.isEmpty {
            for (place, outcome) in zip(ledPlaces, await led.load(observer: observer)) { outcomes[place] = outcome }
        }
        for (place, flight) in joined {
            if !flight.hasLanded { hints?.rest() }
            // What it brings may have run out by the time this reader came.
            if let loaded = await flight.result(), loaded.layer == .origin || loaded.entry.deadline > now {
                outcomes[place] = .success(loaded)
            } else {
                direct.append(place)
            }
        }
        if !direct.isEmpty {
            let answers = await readOrigin(direct.map { keys[$0] }, observer: observer)
            for (place, outcome) in zip(direct, answers) { outcomes[place] = outcome }
        }
        return outcomes.map { $0 ?? .failure(CacheError(.originFailed, "a key was not looked for")) }
    }

    /// Straight to the truth, keeping nothing.
    nonisolated(nonsending) func readOrigin(_ keys: [NameKey], observer: any CacheObserver) async -> [Outcome] {
        if withMembership({ $0.isStopped }) {
            return keys.map { _ in .failure(CacheError(.stopped, "instance \(id) was stopped")) }
        }
        switch await askOrigin(keys, observer: observer) {
        case .failure(let error): return keys.map { _ in .failure(error) }
        case .success(let records):
            return zip(keys, records).map { key, record in
                .success(Served(entry: CacheEntry(unkept: record, of: key), layer: .origin, keptIn: nil))
            }
        }
    }

    /// One query for all keys.
    nonisolated(nonsending) fileprivate func askOrigin(
        _ keys: [NameKey], observer: any CacheObserver
    ) async -> Result<[OriginRecord], CacheError> {
        let start = clock.now()
        do {
            let records = try await origin.load(keys.map(\.text))
            guard records.count == keys.count else {
                return .failure(
                    CacheError(.originFailed, "the origin answered \(records.count) records for \(keys.count) keys"))
            }
            let end = clock.now()
            for (key, record) in zip(keys, records) {
                observer.tell(.loaded(key.text, record, start: start, end: end))
            }
            return .success(records)
        } catch {
            return .failure(CacheError(.originFailed, "\(keys.count) keys could not be loaded", underlying: error))
        }
    }
}

/// Keys whose loads one reader leads, on their way through L3, the shared tier and the origin, each with its flight.
///
/// Nothing here throws or is cut short by a cancellation: whatever fails, ``load(observer:)`` lands every flight.
private struct BatchLoad {
    typealias Outcome = CacheInstance.Outcome
    typealias Served = CacheInstance.Served

    /// An entry that was found outside L2, and the key's place among ``keys``.
    struct Found {
        let place: Int
        /// As it was found.
        let original: CacheEntry
        /// Where it was found.
        let layer: Layer
        /// What the shared tier gave this key before the load; `nil` if that is not to be filled.
        let token: FillToken?
        /// As the next layer inside may keep it.
        var entry: CacheEntry
        /// The layer outside of that.
        var source: Layer

        init(_ place: Int, _ entry: CacheEntry, in layer: Layer, token: FillToken? = nil) {
            self.place = place
            original = entry
            self.layer = layer
            self.token = token
            self.entry = entry
            source = layer
        }

        /// What its readers are given.
        func served(_ entry: CacheEntry? = nil, keptIn kept: Layer?) -> (place: Int, outcome: Outcome) {
            (place, .success(Served(entry: entry ?? original, layer: layer, keptIn: kept)))
        }
    }

    private let instance: CacheInstance
    private var keys: [NameKey] = []
    private var flights: [Flight] = []
    private var outcomes: [Outcome?] = []

    private var clock: any CacheClock { instance.clock }

    init(of instance: CacheInstance) { self.instance = instance }

    mutating func add(_ key: NameKey, _ flight: Flight) {
        keys.append(key)
        flights.append(flight)
    }

    /// Loads all of them, and keeps what it finds in every layer inside of where it was found.
    nonisolated(nonsending) mutating func load(observer: any CacheObserver) async -> [Outcome] {
        outcomes = [Outcome?](repeating: nil, count: keys.count)
        await loadFromHost(observer: observer)
        let missing = keys.indices.filter { outcomes[$0] == nil }
        if !missing.isEmpty { await loadFromOutside(missing, observer: observer) }
        return outcomes.map { $0 ?? .failure(CacheError(.originFailed, "a key was not loaded")) }
    }

    /// Ends the flights of keys of which the outcome is known.
    private mutating func land(_ landed: [(place: Int, outcome: Outcome)]) {
        instance.memory.remove(landed.map { (keys[$0.place], flights[$0.place]) })
        for (place, outcome) in landed {
            outcomes[place] = outcome
            flights[place].land(try? outcome.get())
        }
    }

    // MARK: Finding

    nonisolated(nonsending) private mutating func loadFromHost(observer: any CacheObserver) async {
        guard let host = instance.usableHost else { return }
        // As in a single read: L3 has every invalidation up to this time before any entry is read there.
        let applied = instance.appliedTime
        let now = clock.now()
        // A disk that cannot be read is a miss.
        guard let entries = try? await host.read(keys.map(\.text), now: now), entries.count == keys.count else {
            return
        }
        guard entries.contains(where: { $0 != nil }) else { return }
        let found = entries.indices.compactMap { place in
            entries[place].flatMap { instance.usable($0, fromHostAt: now, applied: applied) }
                .map { Found(place, $0, in: .l3) }
        }
        if !found.isEmpty { land(fillMemory(found, observer: observer)) }
    }

    /// - Parameter missing: places.
    nonisolated(nonsending) private mutating func loadFromOutside(
        _ missing: [Int], observer: any CacheObserver
    ) async {
        let start = clock.now()
        let lookups = try? await instance.shared.read(missing.map { keys[$0].text })
        var found: [Found] = []
        var loads: [(place: Int, asOf: Int64, token: FillToken?)] = []
        var direct: [Int] = []
        if let lookups, lookups.count == missing.count {
            for (place, lookup) in zip(missing, lookups) {
                switch instance.judge(lookup, askedAt: start) {
                case .keep(let entry): found.append(Found(place, entry, in: .redis))
                case .load(let asOf, let token): loads.append((place, asOf, token))
                case .pass: direct.append(place)
                }
            }
        } else {
            // The shared tier is away. The origin is always right; without a token nothing may be kept.
            direct = missing
        }
        var ended: [(place: Int, outcome: Outcome)] = []
        let asked = loads.map(\.place) + direct
        if !asked.isEmpty {
            switch await instance.askOrigin(asked.map { keys[$0] }, observer: observer) {
            case .failure(let error): ended = asked.map { ($0, .failure(error)) }
            case .success(let records):
                for (load, record) in zip(loads, records) {
                    let entry = CacheEntry(name: keys[load.place], record: record, asOf: load.asOf)
                    found.append(Found(load.place, entry, in: .origin, token: load.token))
                }
                for (place, record) in zip(direct, records.dropFirst(loads.count)) {
                    let entry = CacheEntry(unkept: record, of: keys[place])
                    ended.append((place, .success(Served(entry: entry, layer: .origin, keptIn: nil))))
                }
            }
            found = await spoiled(found)
        }
        let isLate = instance.has(.lateFill) && clock.now() > start + instance.configuration.lease
        ended += await keep(found, isChecked: !isLate, observer: observer)
        // What could be kept nowhere has come straight from somewhere else, and now touches what tasks share.
        if ended.contains(where: { (try? $0.outcome.get())?.keptIn == nil }) { await clock.point("land") }
        land(ended)
    }

    /// What was loaded, with the logical times that a batch with one of these defects takes.
    nonisolated(nonsending) private func spoiled(_ found: [Found]) async -> [Found] {
        let isOneForAll = instance.has(.batchToken)
        guard isOneForAll || instance.has(.tagTimeAfterLoad) else { return found }
        let loaded = found.filter { $0.token != nil }.map { keys[$0.place] }
        let asked = isOneForAll ? Array(loaded.prefix(1)) : loaded
        guard let lookups = try? await instance.shared.read(asked.map(\.text)), lookups.count == asked.count else {
            return found
        }
        var times: [NameKey: Int64] = [:]
        for (key, lookup) in zip(asked, lookups) {
            if case .miss(let late) = lookup { times[key] = late.asOf }
        }
        return found.map { one in
            let time = isOneForAll ? times.first?.value : times[keys[one.place]]
            guard let token = one.token, let time else { return one }
            return Found(one.place, one.original.confirmed(at: time), in: one.layer, token: token)
        }
    }

    // MARK: Keeping

    /// Keeps entries in the layers inside the one that each was found in, as a single read keeps its one. What a layer
    /// refuses stops there; the others go on.
    nonisolated(nonsending) private func keep(
        _ found: [Found], isChecked: Bool, observer: any CacheObserver
    ) async -> [(place: Int, outcome: Outcome)] {
        let ignoresFloors = !isChecked || instance.has(.staleFill)
        var (kept, served) = (found, [(place: Int, outcome: Outcome)]())
        if let redis = instance.configuration[.redis] {
            let areKept = await fillRedis(
                &kept, lifetime: redis.lifetime, ignoringFloors: ignoresFloors, observer: observer)
            served += zip(kept, areKept).filter { !$1 }.map { $0.0.served(keptIn: nil) }
            kept = zip(kept, areKept).filter { $1 }.map(\.0)
        }
        if kept.isEmpty { return served }
        if let host = instance.usableHost, let disk = instance.configuration[.l3] {
            let areKept = await fill(
                host, &kept, lifetime: disk.lifetime, ignoringFloors: ignoresFloors, observer: observer)
            served += zip(kept, areKept).filter { !$1 }.map { $0.0.served(keptIn: nil) }
            kept = zip(kept, areKept).filter { $1 }.map(\.0)
        } else {
            await clock.point("fill L2")
        }
        return kept.isEmpty ? served : served + fillMemory(kept, observer: observer)
    }

    /// Offers the shared tier what was loaded with one of its tokens.
    /// - Returns: whether each may be kept further inside.
    nonisolated(nonsending) private func fillRedis(
        _ found: inout [Found], lifetime: Int64, ignoringFloors: Bool, observer: any CacheObserver
    ) async -> [Bool] {
        let start = clock.now()
        var areKept = found.map { $0.token == nil }
        let offered = found.indices.filter { !areKept[$0] }
        if offered.isEmpty { return areKept }
        let candidates = offered.map { found[$0].entry.limited(to: start + lifetime) }
        let fills = zip(offered, candidates).compactMap { number, candidate in
            found[number].token.map {
                SharedFill(entry: instance.damaged(candidate, by: .numberThroughDouble), token: $0)
            }
        }
        let answers = try? await instance.shared.fill(fills, lifetime: lifetime, ignoringFloors: ignoringFloors)
        guard let answers, answers.count == offered.count else { return areKept }
        let end = clock.now()
        for (number, (candidate, isKept)) in zip(offered, zip(candidates, answers)) where isKept {
            areKept[number] = true
            observer.tell(.filled(.redis, from: found[number].source, candidate, start: start, end: end))
            found[number].source = .redis
            if !instance.has(.lifetimeInversion) { found[number].entry = candidate }
        }
        return areKept
    }

    /// - Returns: whether each may be kept further inside.
    nonisolated(nonsending) private func fill(
        _ host: any HostStore, _ found: inout [Found], lifetime: Int64, ignoringFloors: Bool,
        observer: any CacheObserver
    ) async -> [Bool] {
        let start = clock.now()
        var areKept = found.map { _ in false }
        let candidates = found.map { $0.entry.limited(to: start + lifetime) }
        let damaged = candidates.map { instance.damaged($0, by: .lossyUnicode) }
        guard let outcomes = try? await host.fill(damaged, ignoringFloors: ignoringFloors),
            outcomes.count == found.count
        else { return areKept }
        let end = clock.now()
        for (number, outcome) in outcomes.enumerated() {
            guard case .stored(let evicted) = outcome else { continue }
            areKept[number] = true
            observer.tell(.filled(.l3, from: found[number].source, candidates[number], start: start, end: end))
            if !evicted.isEmpty { observer.tell(.evictedKeys(evicted, from: .l3, start: start, end: end)) }
            found[number].source = .l3
            if !instance.has(.lifetimeInversion) { found[number].entry = candidates[number] }
        }
        return areKept
    }

    private func fillMemory(_ found: [Found], observer: any CacheObserver) -> [(place: Int, outcome: Outcome)] {
        let start = clock.now()
        let limit = instance.configuration[.l2].map { start + $0.lifetime } ?? Int64.max
        let candidates = found.map { $0.entry.limited(to: limit) }
        let results = instance.memory.fill(candidates, now: start)
        let end = clock.now()
        return found.indices.map { number in
            let (one, candidate) = (found[number], candidates[number])
            switch results[number] {
            case .refused: return one.served(keptIn: nil)
            case .admitted: return one.served(candidate, keptIn: one.source)
            case .kept(let evicted):
                observer.tell(.filled(.l2, from: one.source, candidate, start: start, end: end))
                if let evicted { observer.tell(.evicted(evicted, from: .l2, at: end)) }
                return one.served(instance.has(.lifetimeInversion) ? one.entry : candidate, keptIn: .l2)
            }
        }
    }
}
