import RedisClient

extension CommandRule {
    static let stringRules: [CommandRule] = [
        CommandRule("get", 2, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            try model.string(call.key, call).map { .bulk($0) } ?? .null
        },
        CommandRule("set", -3, [.write, .growing]) { model, call throws(RedisFailure) in try model.set(call) },
        CommandRule("incr", 2, [.write, .growing]) { model, call throws(RedisFailure) in
            try model.increment(call, by: 1)
        },
        CommandRule("decr", 2, [.write, .growing]) { model, call throws(RedisFailure) in
            try model.increment(call, by: -1)
        },
        CommandRule("incrby", 3, [.write, .growing]) { model, call throws(RedisFailure) in
            try model.increment(call, by: call.integer(2))
        },
        CommandRule("decrby", 3, [.write, .growing]) { model, call throws(RedisFailure) in
            let amount = try call.integer(2)
            guard amount > .min else { throw RedisFailure("ERR decrement would overflow") }
            return try model.increment(call, by: -amount)
        },
    ]
}

extension RedisModel {
    fileprivate mutating func increment(_ call: Call, by amount: Int64) throws(RedisFailure) -> RedisValue {
        let old = try string(call.key, call)
        guard let value = old.map({ Numbers.integer($0) }) ?? 0 else { throw .notInteger }
        let (sum, overflows) = value.addingReportingOverflow(amount)
        guard !overflows else { throw RedisFailure("ERR increment or decrement would overflow") }
        keys[call.key] = StoredKey(value: .string(Bytes(String(sum))), deadline: keys[call.key]?.deadline)
        noteChange(of: call.key)
        return .integer(sum)
    }

    fileprivate mutating func set(_ call: Call) throws(RedisFailure) -> RedisValue {
        let options = try SetOptions(call)
        let deadline = try options.deadline(call)
        let old = options.returnsOld ? try string(call.key, call) : nil
        let oldReply: RedisValue = old.map { .bulk($0) } ?? .null
        let exists = find(call.key, call) != nil
        if let condition = options.condition, condition != exists { return oldReply }
        let kept = options.keepsDeadline ? keys[call.key]?.deadline : nil
        keys[call.key] = StoredKey(value: .string(call[2]), deadline: deadline ?? kept)
        noteChange(of: call.key)
        return options.returnsOld ? oldReply : .status("OK")
    }
}

/// The options after `SET key value`.
private struct SetOptions {
    /// True if the key must exist (`XX`), false if it must not exist (`NX`).
    var condition: Bool?
    var returnsOld = false
    var keepsDeadline = false
    /// The index of the number, its unit in milliseconds, and whether it counts from now.
    var expiry: (place: Int, unit: Int64, isRelative: Bool)?

    init(_ call: Call) throws(RedisFailure) {
        var place = 3
        while place < call.count {
            let hasNext = place + 1 < call.count
            switch call[place].lowercased.text {
            case "nx" where condition != true: condition = false
            case "xx" where condition != false: condition = true
            case "get": returnsOld = true
            case "keepttl" where expiry == nil: keepsDeadline = true
            case "ex" where mayExpire(hasNext): expiry = (place + 1, 1000, true)
            case "px" where mayExpire(hasNext): expiry = (place + 1, 1, true)
            case "exat" where mayExpire(hasNext): expiry = (place + 1, 1000, false)
            case "pxat" where mayExpire(hasNext): expiry = (place + 1, 1, false)
            default: throw .syntax
            }
            if expiry?.place == place + 1 { place += 1 }
            place += 1
        }
    }

    private func mayExpire(_ hasNext: Bool) -> Bool { hasNext && expiry == nil && !keepsDeadline }

    func deadline(_ call: Call) throws(RedisFailure) -> Int64? {
        guard let expiry else { return nil }
        let amount = try call.integer(expiry.place)
        guard amount > 0 else { throw RedisFailure("ERR invalid expire time in 'set' command") }
        return try RedisModel.deadline(
            amount, unit: expiry.unit, base: expiry.isRelative ? call.milliseconds : 0, command: "set")
    }
}
