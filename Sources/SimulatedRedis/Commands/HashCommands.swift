import RedisClient

extension CommandRule {
    static let hashRules: [CommandRule] = [
        CommandRule("hset", -4, [.write, .growing]) { model, call throws(RedisFailure) in
            guard call.count.isMultiple(of: 2) else { throw .wrongArity("hset") }
            let added = try model.update(StoredHash.self, call.key, call) { hash in
                let before = hash.fields.count
                for place in stride(from: 2, to: call.count, by: 2) { hash.fields[call[place]] = call[place + 1] }
                return hash.fields.count - before
            }
            model.noteChange(of: call.key)
            return .integer(Int64(added))
        },
        CommandRule("hget", 3, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            try model.collection(StoredHash.self, call.key, call)?.fields[call[2]].map { .bulk($0) } ?? .null
        },
        CommandRule("hmget", -3, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            let fields = try model.collection(StoredHash.self, call.key, call)?.fields ?? [:]
            return .array(call.words.dropFirst(2).map { name in fields[name].map { .bulk($0) } ?? .null })
        },
        CommandRule("hlen", 2, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            .integer(Int64(try model.collection(StoredHash.self, call.key, call)?.fields.count ?? 0))
        },
        CommandRule("hgetall", 2, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            let fields = try model.collection(StoredHash.self, call.key, call)?.fields ?? [:]
            return .array(
                fields.sorted { RedisModel.byBytes($0.key, $1.key) }.flatMap { [.bulk($0.key), .bulk($0.value)] })
        },
        CommandRule("hdel", -3, .write) { model, call throws(RedisFailure) in
            let removed = try model.update(StoredHash.self, call.key, call) { hash in
                call.words.dropFirst(2).count { hash.fields.removeValue(forKey: $0) != nil }
            }
            if removed > 0 { model.noteChange(of: call.key) }
            return .integer(Int64(removed))
        },
    ]
}
