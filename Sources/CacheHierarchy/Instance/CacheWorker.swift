import History
import Support

/// A client of an instance, with an L1 of its own. For one task at a time: it is not `Sendable`, so the compiler sees to it.
public final class CacheWorker {
    /// The instance that it belongs to.
    public let instance: CacheInstance
    private let observer: any CacheObserver
    /// Kept from hit to hit, so that none makes an event for an observer that does not listen.
    private let isObserved: Bool
    // The accesses to these two are not checked for overlap (`exclusivity`): they are several a read, and none calls
    // out while it lasts.
    @exclusivity(unchecked) private var memory: WorkerMemory?
    private let lifetime: Int64
    private let clock: any CacheClock
    private let trust: Trust
    private let shared: ProcessMemory
    @exclusivity(unchecked) private var marks = SessionMarks()

    init(instance: CacheInstance, observer: any CacheObserver) {
        self.instance = instance
        self.observer = observer
        isObserved = observer.isListening
        clock = instance.clock
        trust = instance.trust
        shared = instance.memory
        let layer = instance.configuration[.l1]
        lifetime = layer?.lifetime ?? 0
        memory = layer.map { WorkerMemory(capacity: $0.capacity, policy: $0.eviction, log: instance.log) }
    }

    /// What the cache gives for a key: from the innermost layer that has it, else from the origin.
    /// - Throws: ``CacheError`` if the key is in no layer and the origin cannot be asked.
    public nonisolated(nonsending) func read(_ key: String) async throws -> CacheReading {
        let key = NameKey(key)
        if let reading = readOwnMemory(key) { return reading }
        let latest = clock.upperBound()
        var served: CacheInstance.Served
        if trust.isTrusted(at: latest) {
            let lookup = shared.lookUp(key, now: latest) { trust.isGood($0, at: latest) }
            if case .hit(let entry) = lookup, marks.admit(entry.version, of: key) {
                keep(CacheInstance.Served(entry: entry, layer: .l2, keptIn: .l2))
                return CacheReading(entry: entry, layer: .l2)
            }
            served = try await instance.follow(lookup, key, at: latest, observer: observer)
        } else {
            served = try await instance.readOrigin(key, observer: observer)
        }
        if !marks.admit(served.entry.version, of: key) {
            served = try await instance.readOrigin(key, observer: observer)
        }
        await instance.hints?.waypoint("fill L1")
        keep(served)
        return CacheReading(entry: served.entry, layer: served.layer)
    }

    /// What the cache gives for several keys, in their order: the layers are asked for a hundred of them at a time, and each key
    /// is answered as ``read(_:)-(String)`` would at some moment during the call. Reads of two keys are no snapshot.
    ///
    /// O(keys).
    /// - Throws: the ``CacheError`` of the first key that is in no layer and of which the origin could not be asked. The
    ///   others may have been kept.
    public nonisolated(nonsending) func read(_ keys: [String]) async throws -> [CacheReading] {
        let names = CacheInstance.distinct(keys)
        var readings = [NameKey: CacheReading](minimumCapacity: names.count)
        for start in stride(from: 0, to: names.count, by: CacheInstance.batchSize) {
            try await readBatch(names[start..<min(start + CacheInstance.batchSize, names.count)], into: &readings)
        }
        return keys.compactMap { readings[NameKey($0)] }
    }

    private nonisolated(nonsending) func readBatch(
        _ names: ArraySlice<NameKey>, into readings: inout [NameKey: CacheReading]
    ) async throws {
        var missing: [NameKey] = []
        for name in names {
            if let reading = readOwnMemory(name) { readings[name] = reading } else { missing.append(name) }
        }
        if missing.isEmpty { return }
        var outcomes = await instance.read(missing, observer: observer)
        let stale = outcomes.indices.filter { place in
            (try? outcomes[place].get()).map { !marks.admit($0.entry.version, of: missing[place]) } ?? false
        }
        if !stale.isEmpty {
            let answers = await instance.readOrigin(stale.map { missing[$0] }, observer: observer)
            for (place, outcome) in zip(stale, answers) { outcomes[place] = outcome }
        }
        await instance.hints?.waypoint("fill L1")
        var failure: CacheError?
        for (name, outcome) in zip(missing, outcomes) {
            switch outcome {
            case .failure(let error): failure = failure ?? error
            case .success(let served):
                keep(served)
                readings[name] = CacheReading(entry: served.entry, layer: served.layer)
            }
        }
        if let failure { throw failure }
    }

    /// The entry in this worker's own memory if it may be served; never waits. O(1), no lock.
    @inline(__always)
    public func readOwnMemory(_ key: String) -> CacheReading? { readOwnMemory(NameKey(key)) }

    @inline(__always)
    private func readOwnMemory(_ key: NameKey) -> CacheReading? {
        // In this order: what makes an instance trust itself again is in the log by then, and the look-up reads the
        // log.
        let latest = clock.upperBound()
        guard trust.isTrusted(at: latest), let entry = memory?.use(key) else { return nil }
        guard trust.isGood(entry, at: latest) else {
            memory?.remove(key)
            return nil
        }
        return CacheReading(entry: entry, layer: .l1)
    }

    /// Writes a value: origin first, then every layer gives up the old one. See ``HierarchyConfiguration/Propagation`` for
    /// what holds when it returns.
    /// - Throws: ``CacheError``; ``CacheError/isOutcomeUnknown`` tells whether it may have been written.
    @discardableResult
    public nonisolated(nonsending) func write(
        _ key: String, _ value: [UInt8], tags: [String] = []
    ) async throws -> InvalidationReceipt {
        try await instance.write(key, value: value, tags: tags)
    }

    /// Deletes a key. The origin keeps a tombstone with a version of its own.
    @discardableResult
    public nonisolated(nonsending) func delete(_ key: String) async throws -> InvalidationReceipt {
        try await instance.write(key, value: nil, tags: [])
    }

    /// Makes every layer give up these keys, and everything that carries one of these tags. For a tag this is O(1) however
    /// many carry it.
    @discardableResult
    public nonisolated(nonsending) func invalidate(
        keys: [String] = [], tags: [String] = []
    ) async throws -> InvalidationReceipt {
        try await instance.invalidate(keys: keys, tags: tags)
    }

    /// The entry that this worker's memory would serve, without counting as a read.
    public func inspect(_ key: String) -> CacheEntry? {
        let latest = clock.upperBound()
        guard trust.isTrusted(at: latest), let entry = memory?.inspect(NameKey(key)) else { return nil }
        return trust.isGood(entry, at: latest) ? entry : nil
    }

    private func keep(_ served: CacheInstance.Served) {
        guard let source = served.keptIn else {
            marks.mark(served.entry.version, of: served.entry.name)
            memory?.remove(served.entry.name)
            return
        }
        marks.kept(served.entry.name)
        guard memory != nil else { return }
        let start = clock.now()
        let candidate = served.entry.limited(to: start + lifetime)
        let (isKept, evicted) = memory!.fill(candidate)
        let end = clock.now()
        if isKept, isObserved { observer.observe(.filled(.l1, from: source, candidate, start: start, end: end)) }
        if let evicted { observer.tell(.evicted(evicted, from: .l1, at: end)) }
    }
}

/// What a read returns.
public struct CacheReading: Sendable {
    /// The value, its version and the rest.
    public let entry: CacheEntry
    /// The layer that served it.
    public let layer: Layer

    /// The value; `nil` if there is none.
    public var value: [UInt8]? { entry.value }
    /// The version; 0 if the key was never written.
    public var version: Int64 { entry.version }
}
