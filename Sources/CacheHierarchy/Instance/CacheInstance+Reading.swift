import History
import Support
import Synchronization

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
            clock.rest()
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
                clock.usesInstance()
                memory.remove(flight, of: key)
                flight.land(loaded)
                return loaded
            } catch {
                await clock.point("land")
                clock.usesInstance()
                memory.remove(flight, of: key)
                flight.land(nil)
                throw error
            }
        }
    }

    /// Straight to the truth, keeping nothing.
    nonisolated(nonsending) func readOrigin(_ key: NameKey, observer: any CacheObserver) async throws -> Served {
        if state.withLock({ $0.isStopped }) { throw CacheError(.stopped, "instance \(id) was stopped") }
        let record = try await askOrigin(key.text, observer: observer)
        let entry = CacheEntry(
            name: key, version: record.version, value: record.value, tags: record.tags, asOf: 0, deadline: Int64.min)
        return Served(entry: entry, layer: .origin, keptIn: nil)
    }

    nonisolated(nonsending) private func askOrigin(_ key: String, observer: any CacheObserver) async throws
        -> OriginRecord
    {
        let start = clock.now()
        do {
            let record = try await origin.load(key)
            observer.loaded(key, record, start: start, end: clock.now())
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
        switch lookup {
        case .held:
            return try await readOrigin(key, observer: observer)
        case .hit(let entry, let remaining, let epoch):
            guard isMember(in: epoch) else { return try await readOrigin(key, observer: observer) }
            guard understands(entry) else {
                // It was found at a logical time before this load, which does for a token. Redis keeps what it has: others can
                // read it.
                let record = try await askOrigin(key.text, observer: observer)
                let own = CacheEntry(
                    name: key, version: record.version, value: record.value, tags: record.tags, asOf: entry.asOf,
                    deadline: Int64.max)
                return await keep(own, foundIn: .origin, token: nil, observer: observer)
            }
            let limit = has(.lifetimeInversion) ? Int64.max : start + remaining
            return await keep(entry.with(deadline: limit), foundIn: .redis, token: nil, observer: observer)
        case .miss(let token):
            guard isMember(in: token.epoch) else { return try await readOrigin(key, observer: observer) }
            let record = try await askOrigin(key.text, observer: observer)
            let isLate = has(.lateFill) && clock.now() > start + configuration.lease
            var asOf = token.asOf
            if has(.tagTimeAfterLoad), case .miss(let late)? = try? await shared.read(key.text) { asOf = late.asOf }
            let entry = CacheEntry(
                name: key, version: record.version, value: record.value, tags: record.tags, asOf: asOf,
                deadline: Int64.max)
            return await keep(entry, foundIn: .origin, token: token, isChecked: !isLate, observer: observer)
        }
    }

    nonisolated(nonsending) private func loadFromHost(_ key: NameKey, observer: any CacheObserver) async -> Served? {
        guard let host = usableHost else { return nil }
        // Every invalidation up to this time has been applied to L3 before the entry is read there, so what is found is
        // current at least as of then.
        let applied = appliedTime.load(ordering: .acquiring)
        let now = clock.now()
        // A disk that cannot be read is a miss.
        guard let entry = try? await host.read(key.text, now: now) else { return nil }
        clock.usesInstance()
        guard trust.isGood(entry, at: now), understands(entry) else { return nil }
        let limited = has(.lifetimeInversion) ? entry.with(deadline: Int64.max) : entry
        return await keep(limited.confirmed(at: applied), foundIn: .l3, token: nil, observer: observer)
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
            observer.filled(.redis, from: source, with: candidate, start: start, end: clock.now())
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
            observer.filled(.l3, from: source, with: candidate, start: start, end: end)
            if !evicted.isEmpty { observer.evicted(evicted, from: .l3, start: start, end: end) }
            source = .l3
        } else if layer > .l3 {
            await clock.point("fill L2")
        }
        let start = clock.now()
        let candidate = entry.limited(to: configuration[.l2].map { start + $0.lifetime } ?? Int64.max)
        clock.usesInstance()
        switch memory.fill(candidate, now: start) {
        case .refused:
            return Served(entry: found, layer: layer, keptIn: nil)
        case .admitted:
            return Served(entry: candidate, layer: layer, keptIn: source)
        case .kept(let evicted):
            let end = clock.now()
            observer.filled(.l2, from: source, with: candidate, start: start, end: end)
            if let evicted { observer.evicted(evicted, from: .l2, at: end) }
            return Served(entry: has(.lifetimeInversion) ? entry : candidate, layer: layer, keptIn: .l2)
        }
    }
}
