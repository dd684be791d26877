import History
import Support

extension CacheInstance {
    /// What the instance's layers from L2 outwards would serve for these keys, without counting as reads. L1 is the
    /// workers' own: ``CacheWorker/inspect(_:)``.
    ///
    /// The layers are looked at one after the other, so while others write the answers need not belong together.
    /// - Returns: for each layer of the hierarchy the entries found; a key that is not in it has none.
    /// - Throws: what the disk or the shared tier throws.
    public func inspect(_ keys: [String]) async throws -> [Layer: [String: CacheEntry]] {
        var found: [Layer: [String: CacheEntry]] = [:]
        for layer in configuration.layers.map(\.layer) {
            let entries = try await inspect(layer, keys)
            if let entries { found[layer] = entries }
        }
        return found
    }

    /// The same for one layer; `nil` for a layer that is not the instance's.
    public func inspect(_ layer: Layer, _ keys: [String]) async throws -> [String: CacheEntry]? {
        let now = clock.now()
        switch layer {
        case .l2 where configuration[.l2] != nil:
            var found: [String: CacheEntry] = [:]
            guard trust.isTrusted(at: now) else { return found }
            let entries = memory.inspect(keys.map { NameKey($0) }, now: now, isGood: { trust.isGood($0, at: now) })
            for (key, entry) in zip(keys, entries) { found[key] = entry }
            return found
        case .l3:
            guard let host = usableHost else { return nil }
            guard trust.isTrusted(at: now) else { return [:] }
            return try await host.inspect(keys, now: now).filter { trust.isGood($0.value, at: now) }
        case .redis where configuration[.redis] != nil:
            return try await shared.inspect(keys)
        default:
            return nil
        }
    }
}
