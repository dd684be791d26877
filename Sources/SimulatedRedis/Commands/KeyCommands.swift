import RedisClient

extension CommandRule {
    static let keyRules: [CommandRule] = [
        CommandRule("exists", -2, .readOnly, keys: .all) { model, call in
            .integer(Int64(call.words.dropFirst().count { model.find($0, call) != nil }))
        },
        CommandRule("del", -2, .write) { model, call in model.delete(call) },
        CommandRule("unlink", -2, .write) { model, call in model.delete(call) },
        CommandRule("type", 2, .readOnly, keys: .first) { model, call in
            .status(model.find(call.key, call)?.value.typeName ?? "none")
        },
        CommandRule("persist", 2, .write) { model, call in
            guard model.find(call.key, call)?.deadline != nil else { return .integer(0) }
            model.keys[call.key]?.deadline = nil
            model.noteChange(of: call.key)
            return .integer(1)
        },
        CommandRule("expire", -3, .write) { model, call throws(RedisFailure) in
            try model.expire(call, milliseconds: 1000, isRelative: true)
        },
        CommandRule("pexpire", -3, .write) { model, call throws(RedisFailure) in
            try model.expire(call, milliseconds: 1, isRelative: true)
        },
        CommandRule("expireat", -3, .write) { model, call throws(RedisFailure) in
            try model.expire(call, milliseconds: 1000, isRelative: false)
        },
        CommandRule("pexpireat", -3, .write) { model, call throws(RedisFailure) in
            try model.expire(call, milliseconds: 1, isRelative: false)
        },
        CommandRule("ttl", 2, .readOnly, keys: .first) { model, call in
            model.remaining(call) { .integer((max(0, $0 - call.milliseconds) + 500) / 1000) }
        },
        CommandRule("pttl", 2, .readOnly, keys: .first) { model, call in
            model.remaining(call) { .integer(max(0, $0 - call.milliseconds)) }
        },
        CommandRule("expiretime", 2, .readOnly, keys: .first) { model, call in
            model.remaining(call) { .integer(($0 + 500) / 1000) }
        },
        CommandRule("pexpiretime", 2, .readOnly, keys: .first) { model, call in
            model.remaining(call) { .integer($0) }
        },
    ]
}

extension RedisModel {
    fileprivate mutating func delete(_ call: Call) -> RedisValue {
        var deleted: Int64 = 0
        for key in call.words.dropFirst() where find(key, call) != nil {
            remove(key)
            deleted += 1
        }
        return .integer(deleted)
    }

    fileprivate mutating func remaining(_ call: Call, _ answer: (Int64) -> RedisValue) -> RedisValue {
        guard let stored = find(call.key, call) else { return .integer(-2) }
        return stored.deadline.map(answer) ?? .integer(-1)
    }

    fileprivate mutating func expire(
        _ call: Call, milliseconds unit: Int64, isRelative: Bool
    ) throws(RedisFailure) -> RedisValue {
        let condition = try ExpiryCondition(call.words.dropFirst(3))
        let deadline = try Self.deadline(
            try call.integer(2), unit: unit, base: isRelative ? call.milliseconds : 0, command: call[0].lowercased.text)
        guard let stored = find(call.key, call), condition.allows(deadline, insteadOf: stored.deadline) else {
            return .integer(0)
        }
        if deadline <= call.milliseconds {
            remove(call.key)
        } else {
            keys[call.key]?.deadline = deadline
            noteChange(of: call.key)
        }
        return .integer(1)
    }

    /// Returns a deadline in milliseconds since the beginning of 1970.
    static func deadline(
        _ amount: Int64, unit: Int64, base: Int64, command: String
    ) throws(RedisFailure) -> Int64 {
        let (product, overflows) = amount.multipliedReportingOverflow(by: unit)
        let (sum, overflowsToo) = product.addingReportingOverflow(base)
        guard !overflows, !overflowsToo else { throw RedisFailure("ERR invalid expire time in '\(command)' command") }
        return sum
    }
}

/// The options `NX`, `XX`, `GT` and `LT` of the commands that set a deadline.
private struct ExpiryCondition {
    var onlyWithout = false
    var onlyWith = false
    var onlyLater = false
    var onlyEarlier = false

    init(_ words: ArraySlice<Bytes>) throws(RedisFailure) {
        for word in words {
            switch word.lowercased.text {
            case "nx": onlyWithout = true
            case "xx": onlyWith = true
            case "gt": onlyLater = true
            case "lt": onlyEarlier = true
            default: throw RedisFailure("ERR Unsupported option \(word.text)")
            }
        }
        if onlyWithout, onlyWith || onlyLater || onlyEarlier {
            throw RedisFailure("ERR NX and XX, GT or LT options at the same time are not compatible")
        }
        if onlyLater, onlyEarlier {
            throw RedisFailure("ERR GT and LT options at the same time are not compatible")
        }
    }

    /// Whether the condition allows the deadline. A key without a deadline counts as one that never expires.
    func allows(_ deadline: Int64, insteadOf old: Int64?) -> Bool {
        if onlyWithout, old != nil { return false }
        if onlyWith, old == nil { return false }
        if onlyLater, deadline <= old ?? .max { return false }
        if onlyEarlier, let old, deadline >= old { return false }
        return true
    }
}
