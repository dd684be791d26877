import History
import Support

extension CacheInstance {
    /// What a reader is given.
    struct Served: Sendable {
        let entry: CacheEntry
        /// Where it was found.
        let layer: Layer
        /// The innermost layer outside L1 that keeps it; `nil` if L1 must not keep it.
        let keptIn: Layer?
    }

    /// Looks from L2 outwards.
    /// - Parameter askingHost: `false` passes L3 by, for a caller who knows that it is not there.
    nonisolated(nonsending) func read(
        _ key: NameKey, askingHost: Bool = true, observer: any CacheObserver
    ) async throws -> Served {
        let now = clock.upperBound()
        guard trust.isTrusted(at: now) else { return try await readOrigin(key, observer: observer) }
        let lookup = memory.lookUp(key, now: now) { trust.isGood($0, at: now) }
        return try await follow(lookup, key, at: now, askingHost: askingHost, observer: observer)
    }

    /// Does what a look-up in L2 said is to be done.
    /// - Parameter now: when it was made.
    nonisolated(nonsending) func follow(
        _ lookup: ProcessMemory.Lookup, _ key: NameKey, at now: Int64, askingHost: Bool = true,
        observer: any CacheObserver
    ) async throws -> Served {
        switch lookup {
        case .hit(let entry):
            return Served(entry: entry, layer: .l2, keptIn: .l2)
        case .held:
            return try await readOrigin(key, observer: observer)
        case .join(let flight):
            hints?.rest()
            // What it brings may have run out by the time this reader came.
            if let loaded = await flight.result(), loaded.layer == .origin || loaded.entry.deadline > now {
                return loaded
            }
            return try await readOrigin(key, observer: observer)
        case .lead(let flight):
            do {
                let loaded = try await load(key, askingHost: askingHost, observer: observer)
                // What could be kept nowhere has come straight from somewhere else, and now touches what tasks share.
                if loaded.keptIn == nil { await clock.point("land") }
                memory.remove(flight, of: key)
                flight.land(loaded)
                return loaded
            } catch {
                await clock.point("land")
                memory.remove(flight, of: key)
                flight.land(nil)
                throw error
            }
        }
    }

    /// Straight to the truth, keeping nothing.
    nonisolated(nonsending) func readOrigin(_ key: NameKey, observer: any CacheObserver) async throws -> Served {
        if withMembership({ $0.isStopped }) { throw CacheError(.stopped, "instance \(id) was stopped") }
        let record = try await askOrigin(key.text, observer: observer)
        return Served(entry: CacheEntry(unkept: record, of: key), layer: .origin, keptIn: nil)
    }

    nonisolated(nonsending) private func askOrigin(_ key: String, observer: any CacheObserver) async throws
        -> OriginRecord
    {
        let start = clock.now()
        do {
            let record = try await origin.load(key)
            observer.tell(.loaded(key, record, start: start, end: clock.now()))
            return record
        } catch {
            throw CacheError(.originFailed, "key \(key) could not be loaded", underlying: error)
        }
    }

    /// L3, then the shared tier, then the origin; keeps what it finds in every layer inside of that.
    nonisolated(nonsending) private func load(
        _ key: NameKey, askingHost: Bool, observer: any CacheObserver
    ) async throws -> Served {
        if askingHost, let served = await loadFromHost(key, observer: observer) { return served }
        let start = clock.now()
        let lookup: SharedLookup
        do {
            lookup = try await shared.read(key.text)
        } catch {
            // The shared tier is away. The origin is always right; without a token nothing may be kept.
            return try await readOrigin(key, observer: observer)
        }
        switch judge(lookup, askedAt: start) {
        case .pass:
            return try await readOrigin(key, observer: observer)
        case .keep(let entry):
            return await keep(entry, foundIn: .redis, token: nil, observer: observer)
        case .load(var asOf, let token):
            let record = try await askOrigin(key.text, observer: observer)
            let isLate = token != nil && has(.lateFill) && clock.now() > start + configuration.lease
            if token != nil, has(.tagTimeAfterLoad), case .miss(let late)? = try? await shared.read(key.text) {
                asOf = late.asOf
            }
            let entry = CacheEntry(name: key, record: record, asOf: asOf)
            return await keep(entry, foundIn: .origin, token: token, isChecked: !isLate, observer: observer)
        }
    }

    /// What is to be done about what the shared tier has answered.
    enum SharedJudgement {
        /// Keep the entry.
        case keep(CacheEntry)
        /// Ask the origin, and keep what it says in the layers inside the shared tier, and with a token there too.
        case load(asOf: Int64, token: FillToken?)
        /// Ask the origin and keep nothing.
        case pass
    }

    /// - Parameter start: a time before the shared tier was asked.
    func judge(_ lookup: SharedLookup, askedAt start: Int64) -> SharedJudgement {
        switch lookup {
        case .held: return .pass
        case .hit(let entry, let remaining, let epoch):
            guard isMember(in: epoch) else { return .pass }
            // It was found at a logical time before the load, which does for a token. Redis keeps what it has: others can
            // read it.
            guard understands(entry) else { return .load(asOf: entry.asOf, token: nil) }
            return .keep(entry.with(deadline: has(.lifetimeInversion) ? Int64.max : start + remaining))
        case .miss(let token):
            return isMember(in: token.epoch) ? .load(asOf: token.asOf, token: token) : .pass
        }
    }

    nonisolated(nonsending) private func loadFromHost(_ key: NameKey, observer: any CacheObserver) async -> Served? {
        guard let host = usableHost else { return nil }
        // Every invalidation up to this time has been applied to L3 before the entry is read there, so what is found is
        // current at least as of then.
        let applied = appliedTime
        let now = clock.now()
        // A disk that cannot be read is a miss.
        guard let entry = try? await host.read(key.text, now: now) else { return nil }
        guard let usable = usable(entry, fromHostAt: now, applied: applied) else { return nil }
        return await keep(usable, foundIn: .l3, token: nil, observer: observer)
    }

    /// What of an entry that L3 had at `now` may be served; `nil` if nothing.
    /// - Parameter applied: the logical time up to which every invalidation had been applied to L3 before it was read.
    func usable(_ entry: CacheEntry, fromHostAt now: Int64, applied: Int64) -> CacheEntry? {
        guard trust.isGood(entry, at: now), understands(entry) else { return nil }
        let limited = has(.lifetimeInversion) ? entry.with(deadline: Int64.max) : entry
        return limited.confirmed(at: applied)
    }

    /// Keeps an entry in the layers inside the one it was found in, outermost first, each no longer than the one outside
    /// it. Stops where a layer refuses: a newer invalidation was there before.
    nonisolated(nonsending) private func keep(
        _ found: CacheEntry, foundIn layer: Layer, token: FillToken?, isChecked: Bool = true,
        observer: any CacheObserver
    ) async -> Served {
        var entry = found
        var source = layer
        let ignoresFloors = !isChecked || has(.staleFill)
        if layer > .redis, let redis = configuration[.redis], let token {
            let start = clock.now()
            let candidate = entry.limited(to: start + redis.lifetime)
            let isKept = try? await shared.fill(
                damaged(candidate, by: .numberThroughDouble), token: token, lifetime: redis.lifetime,
                ignoringFloors: ignoresFloors)
            guard isKept == true else { return Served(entry: found, layer: layer, keptIn: nil) }
            entry = has(.lifetimeInversion) ? entry : candidate
            observer.tell(.filled(.redis, from: source, candidate, start: start, end: clock.now()))
            source = .redis
        }
        if layer > .l3, let host = usableHost, let disk = configuration[.l3] {
            let start = clock.now()
            let candidate = entry.limited(to: start + disk.lifetime)
            guard
                case .stored(let evicted)? = try? await host.fill(
                    damaged(candidate, by: .lossyUnicode), ignoringFloors: ignoresFloors)
            else {
                return Served(entry: found, layer: layer, keptIn: nil)
            }
            entry = has(.lifetimeInversion) ? entry : candidate
            let end = clock.now()
            observer.tell(.filled(.l3, from: source, candidate, start: start, end: end))
            if !evicted.isEmpty { observer.tell(.evictedKeys(evicted, from: .l3, start: start, end: end)) }
            source = .l3
        } else if layer > .l3 {
            await clock.point("fill L2")
        }
        let start = clock.now()
        let candidate = entry.limited(to: configuration[.l2].map { start + $0.lifetime } ?? Int64.max)
        switch memory.fill(candidate, now: start) {
        case .refused:
            return Served(entry: found, layer: layer, keptIn: nil)
        case .admitted:
            return Served(entry: candidate, layer: layer, keptIn: source)
        case .kept(let evicted):
            let end = clock.now()
            observer.tell(.filled(.l2, from: source, candidate, start: start, end: end))
            if let evicted { observer.tell(.evicted(evicted, from: .l2, at: end)) }
            return Served(entry: has(.lifetimeInversion) ? entry : candidate, layer: layer, keptIn: .l2)
        }
    }
}
