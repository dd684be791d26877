import RedisClient

extension RedisModel {
    // MARK: Looking

    /// What a key holds now; a key past its deadline holds nothing, and is removed by being looked at.
    mutating func find(_ key: Bytes, _ call: Call) -> StoredKey? {
        guard let stored = keys[key] else { return nil }
        guard stored.isExpired(at: call.milliseconds) else { return stored }
        if role == .primary { removeUnasked(key) }
        return nil
    }

    /// The string at a key.
    mutating func string(_ key: Bytes, _ call: Call) throws(RedisFailure) -> Bytes? {
        guard let stored = find(key, call) else { return nil }
        guard case .string(let bytes) = stored.value else { throw .wrongType }
        return bytes
    }

    /// The hash, sorted set or stream at a key, to read.
    mutating func collection<Kind: StoredCollection>(
        _: Kind.Type, _ key: Bytes, _ call: Call
    ) throws(RedisFailure) -> Kind? {
        guard let stored = find(key, call) else { return nil }
        guard let kind = Kind(stored.value) else { throw .wrongType }
        return kind
    }

    // MARK: Changing

    /// Changes a hash, sorted set or stream in place; one that does not exist is begun empty. A key whose last part
    /// is taken is removed, one that was not there and gets no part does not begin.
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
        // Only one reference may be left, or the change would copy the whole.
        keys.values[index].value = .string([])
        defer {
            if value.isVacant { keys.remove(at: index) } else { keys.values[index].value = value.stored }
        }
        return try body(&value)
    }

    /// Tells watchers, trackers and replicas that a key is not what it was.
    mutating func noteChange(of key: Bytes) {
        turn.changed.append(key)
        disturbWatchers(of: key)
        invalidate(key, changedBy: turn.current)
    }

    /// Removes a key; whether it was there is for the caller to know.
    mutating func remove(_ key: Bytes) {
        keys[key] = nil
        noteChange(of: key)
    }

    /// Removes a key that nobody has asked to be removed: it is past its deadline, or has to make room. Whoever
    /// tracks it is told even if it was their own command that met it.
    mutating func removeUnasked(_ key: Bytes) {
        keys[key] = nil
        turn.changed.append(key)
        disturbWatchers(of: key)
        invalidate(key, changedBy: nil)
    }

    /// Removes everything.
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

    /// The keys that are kept, those included that are past their deadlines and have not been looked at since.
    public var keyCount: Int { keys.count }

    /// The names of all keys, in no particular order.
    public var keyNames: [[UInt8]] { Array(keys.keys) }
}
