import RedisClient

extension RedisModel {
    // MARK: Reading

    /// Returns the value of a key. If the key is past its deadline, this removes it and returns nil.
    mutating func find(_ key: Bytes, _ call: Call) -> StoredKey? {
        guard let stored = keys[key] else { return nil }
        guard stored.isExpired(at: call.milliseconds) else { return stored }
        if role == .primary { removeUnasked(key) }
        return nil
    }

    /// Returns the string at a key.
    mutating func string(_ key: Bytes, _ call: Call) throws(RedisFailure) -> Bytes? {
        guard let stored = find(key, call) else { return nil }
        guard case .string(let bytes) = stored.value else { throw .wrongType }
        return bytes
    }

    /// Returns the hash, sorted set or stream at a key for reading.
    mutating func collection<Kind: StoredCollection>(
        _: Kind.Type, _ key: Bytes, _ call: Call
    ) throws(RedisFailure) -> Kind? {
        guard let stored = find(key, call) else { return nil }
        guard let kind = Kind(stored.value) else { throw .wrongType }
        return kind
    }

    // MARK: Changing

    /// Changes a hash, sorted set or stream in place.
    ///
    /// A missing one begins empty. If the change leaves it without parts, the key is removed or not created.
    mutating func update<Kind: StoredCollection, Result>(
        _: Kind.Type, _ key: Bytes, _ call: Call, _ body: (inout Kind) throws(RedisFailure) -> Result
    ) throws(RedisFailure) -> Result {
        if keys[key]?.isExpired(at: call.milliseconds) == true { removeUnasked(key) }
        guard let index = keys.index(forKey: key) else {
            var value = Kind()
            let result = try body(&value)
            if !value.isVacant { keys[key] = StoredKey(value: value.stored) }
            return result
        }
        guard var value = Kind(keys.values[index].value) else { throw .wrongType }
        // With a second reference the change would copy the whole collection.
        keys.values[index].value = .string([])
        defer {
            if value.isVacant { keys.remove(at: index) } else { keys.values[index].value = value.stored }
        }
        return try body(&value)
    }

    /// Notifies watchers, trackers and replicas that a key has changed.
    mutating func noteChange(of key: Bytes) {
        turn.changed.append(key)
        disturbWatchers(of: key)
        invalidate(key, changedBy: turn.current)
    }

    /// Removes a key. The caller knows whether it exists.
    mutating func remove(_ key: Bytes) {
        keys[key] = nil
        noteChange(of: key)
    }

    /// Removes a key on behalf of the server: it has expired or must make room.
    ///
    /// This also notifies a tracking connection whose own command caused the removal.
    mutating func removeUnasked(_ key: Bytes) {
        keys[key] = nil
        turn.changed.append(key)
        disturbWatchers(of: key)
        invalidate(key, changedBy: nil)
    }

    /// Removes all keys.
    mutating func clear() {
        for key in watchers.keys.sorted(by: Self.byBytes) where keys[key] != nil {
            let stored = keys.removeValue(forKey: key)
            disturbWatchers(of: key)
            keys[key] = stored
        }
        keys = [:]
        turn.changed = []
        turn.isCleared = true
        invalidateEverything()
    }

    /// The number of keys, including expired keys that no command has read since.
    public var keyCount: Int { keys.count }

    /// The names of all keys, in no particular order. O(n).
    public var keyNames: [[UInt8]] { Array(keys.keys) }
}
