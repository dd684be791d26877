import RedisClient
import SimulatedRedis

/// What the scripts of the shared tier have in common: the names of the keys, the server's time, the logical clock.
struct CacheKeys {
    private let prefix: [UInt8]
    /// The server's time.
    let microseconds: Int64
    /// The server's time in milliseconds.
    var now: Int64 { microseconds / 1000 }

    init(_ keys: [[UInt8]], _ context: inout ScriptContext) throws {
        prefix = keys[0]
        let time = try context.call("TIME").elements ?? []
        microseconds = (time[0].integerValue ?? 0) * 1_000_000 + (time[1].integerValue ?? 0)
    }

    /// A whole number in decimal. Lua would take more than that; the shared tier sends nothing else.
    static func number(_ bytes: [UInt8]) throws -> Int64 {
        guard let number = Int64(String(decoding: bytes, as: UTF8.self)) else {
            throw RedisError(.serverError, "ERR not a whole number: \(String(decoding: bytes, as: UTF8.self))")
        }
        return number
    }

    func name(_ kind: String, _ rest: [UInt8] = []) -> RedisArgument { .bytes(prefix + kind.utf8 + rest) }

    // MARK: Logical time

    private func begin(_ context: inout ScriptContext) throws {
        guard try context.call("EXISTS", name(":clock")) == .integer(0) else { return }
        _ = try context.call("SET", name(":clock"), .integer(Int(microseconds)))
        _ = try context.call("SET", name(":birth"), .integer(Int(microseconds)))
    }

    func clock(_ context: inout ScriptContext) throws -> [UInt8] {
        try begin(&context)
        return try context.call("GET", name(":clock")).bytes ?? []
    }

    func tick(_ context: inout ScriptContext) throws -> [UInt8] {
        try begin(&context)
        return Array(String(try context.call("INCR", name(":clock")).integerValue ?? 0).utf8)
    }

    // MARK: Entries

    func isHeld(_ key: [UInt8], _ context: inout ScriptContext) throws -> Bool {
        let holds = try context.call("HGETALL", name(":h:", key)).elements ?? []
        for index in stride(from: 1, to: holds.count, by: 2) where try Self.number(holds[index].bytes ?? []) > now {
            return true
        }
        return false
    }

    /// Whether something current as of a logical time is not below a floor.
    func isAbove(
        _ kind: String, _ name: [UInt8], _ asOf: Int64, _ context: inout ScriptContext
    ) throws -> Bool {
        guard let floor = try context.call("GET", self.name(kind, name)).bytes else { return true }
        return try Self.number(floor) <= asOf
    }

    func look(_ key: [UInt8], _ stamp: [UInt8], _ context: inout ScriptContext) throws -> RedisValue {
        func answer(_ word: String, _ rest: [RedisValue] = []) -> RedisValue {
            .array([.bulk(stamp), .integer(now), .bulk(Array(word.utf8))] + rest)
        }
        if try isHeld(key, &context) { return answer("held") }
        let fields = try context.call("HGETALL", name(":e:", key)).elements ?? []
        if fields.isEmpty { return answer("miss") }
        var asOf: Int64 = 0
        var version = RedisValue.bulk([UInt8(ascii: "0")])
        var value = RedisValue.null
        var tags: [RedisValue] = []
        for index in stride(from: 0, to: fields.count, by: 2) {
            switch fields[index].string {
            case "a": asOf = try Self.number(fields[index + 1].bytes ?? [])
            case "v": version = fields[index + 1]
            case "d": value = fields[index + 1]
            default: tags.append(fields[index + 1])
            }
        }
        for tag in tags {
            guard try isAbove(":t:", tag.bytes ?? [], asOf, &context) else { return answer("miss") }
        }
        let left = try context.call("PTTL", name(":e:", key))
        if left.integerValue ?? 0 < 1 { return answer("miss") }
        return answer("hit", [left, version, value] + tags)
    }

    // MARK: Membership

    func liveMembers(_ context: inout ScriptContext) throws -> [RedisValue] {
        _ = try context.call("ZREMRANGEBYSCORE", name(":m"), "-inf", .integer(Int(now)))
        return try context.call("ZRANGE", name(":m"), 0, -1).elements ?? []
    }
}
