import RedisClient

extension CommandRule {
    static let serverRules: [CommandRule] = [
        CommandRule("time", 1) { _, call in
            let microseconds = call.now / 1000
            return .array([microseconds / 1_000_000, microseconds % 1_000_000].map { .bulk(Bytes(String($0))) })
        },
        CommandRule("info", -1) { model, call throws(RedisFailure) in
            guard call.count == 2, call[1].isWord("server") else { throw .notModelled("INFO but of the server") }
            return .bulk(Bytes("# Server\r\nrun_id:\(model.runIdentifier)\r\n"))
        },
        // An expired key counts until a command reads it.
        CommandRule("dbsize", 1, .readOnly) { model, _ in .integer(Int64(model.keys.count)) },
        CommandRule("flushall", -1, .write) { model, call throws(RedisFailure) in try model.flush(call) },
        CommandRule("flushdb", -1, .write) { model, call throws(RedisFailure) in try model.flush(call) },
        CommandRule("scan", -2, .readOnly) { model, call throws(RedisFailure) in try model.scan(call) },
    ]
}

extension RedisModel {
    fileprivate mutating func flush(_ call: Call) throws(RedisFailure) -> RedisValue {
        guard call.count == 1 || call.count == 2 && (call[1].isWord("sync") || call[1].isWord("async")) else {
            throw .syntax
        }
        clear()
        return .status("OK")
    }

    /// Iterates over the keys in the order of a hash of their bytes. The cursor is the next hash.
    ///
    /// The position therefore does not depend on other keys: an iteration returns each key exactly once that exists
    /// from its beginning to its end. The real server may return such a key more than once. O(n log n).
    fileprivate mutating func scan(_ call: Call) throws(RedisFailure) -> RedisValue {
        guard let cursor = Numbers.unsigned(call[1]) else { throw RedisFailure("ERR invalid cursor") }
        var pattern: GlobPattern?
        var type: String?
        var count = 10
        for place in stride(from: 2, to: call.count, by: 2) {
            guard place + 1 < call.count else { throw .syntax }
            switch call[place].lowercased.text {
            case "match": pattern = GlobPattern(call[place + 1])
            case "type": type = call[place + 1].lowercased.text
            case "count":
                let number = try call.integer(place + 1)
                guard number >= 1 else { throw .syntax }
                count = Int(clamping: number)
            default: throw .syntax
            }
        }
        let ordered = keys.keys.map { (hash: Self.scanHash($0), key: $0) }.filter { $0.hash >= cursor }
            .sorted { $0.hash != $1.hash ? $0.hash < $1.hash : Self.byBytes($0.key, $1.key) }
        // Keys with the same hash stay together, because the cursor cannot point between them.
        var end = min(count, ordered.count)
        while end > 0, end < ordered.count, ordered[end].hash == ordered[end - 1].hash { end += 1 }
        var found: [RedisValue] = []
        for (_, key) in ordered[..<end] {
            guard pattern?.matches(key) ?? true, let stored = find(key, call) else { continue }
            if let type, stored.value.typeName != type { continue }
            found.append(.bulk(key))
        }
        let next = end < ordered.count ? ordered[end].hash : 0
        return .array([.bulk(Bytes(String(next))), .array(found)])
    }

    /// FNV-1a with 64 bits; source: http://www.isthe.com/chongo/tech/comp/fnv/. The result is never 0, which ends an
    /// iteration.
    ///
    /// The hashes of the standard library differ from process to process.
    private static func scanHash(_ key: Bytes) -> UInt64 {
        max(1, key.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
    }
}

extension CommandRule {
    static let connectionRules: [CommandRule] = [
        CommandRule("ping", -1, .whileSubscribed) { model, call throws(RedisFailure) in
            guard call.count <= 2 else { throw .wrongArity("ping") }
            if model.connections[call.connection]?.channels.isEmpty == false {
                return .array([.bulk(Bytes("pong")), .bulk(call.count == 2 ? call[1] : [])])
            }
            return call.count == 2 ? .bulk(call[1]) : .status("PONG")
        },
        CommandRule("echo", 2) { _, call in .bulk(call[1]) },
        CommandRule("client|id", 2, .notInScripts) { _, call in .integer(call.connection.number) },
        CommandRule("client|setname", 3, .notInScripts) { model, call throws(RedisFailure) in
            guard call[2].allSatisfy({ (33...126).contains($0) }) else {
                throw RedisFailure("ERR Client names cannot contain spaces, newlines or special characters.")
            }
            model.connections[call.connection]?.name = call[2]
            return .status("OK")
        },
        CommandRule("client|getname", 2, .notInScripts) { model, call in
            model.connections[call.connection].flatMap { $0.name.isEmpty ? nil : .bulk($0.name) } ?? .null
        },
        CommandRule("client|tracking", -3, .notInScripts) { model, call throws(RedisFailure) in
            try model.setTracking(call)
        },
    ]
}
