import RedisClient
import SimulatedRedis

/// What the scripts of the shared tier have in common: the names of the keys, the server's time, and the state of which
/// three keys vouch for each other.
struct CacheState {
    private let prefix: [UInt8]
    /// The server's time.
    private let microseconds: Int64
    private let server: [UInt8]
    /// For how long keys may outlive the last sign of life, in milliseconds; `nil` for ever.
    let lifetime: Int64?
    private let storedServer: [UInt8]?
    /// Logical time when this state began; `nil` if there is none.
    private(set) var birth: [UInt8]?
    /// Logical time.
    private(set) var clock: [UInt8]?
    /// When an earlier state was lost, in milliseconds, or 0.
    private(set) var lost: Int64
    private var horizons: (keys: Int64, tags: Int64)

    /// The server's time in milliseconds.
    var now: Int64 { microseconds / 1000 }

    enum Floors: String {
        case keys = ":f"
        case tags = ":t"
    }

    init(_ keys: [[UInt8]], _ arguments: [[UInt8]], _ context: inout ScriptContext) throws {
        prefix = keys[0]
        let time = try context.call("TIME").elements ?? []
        microseconds = (time[0].integerValue ?? 0) * 1_000_000 + (time[1].integerValue ?? 0)
        server = arguments[0]
        lifetime = arguments[1] == [UInt8(ascii: "0")] ? nil : try Self.number(arguments[1])
        let fields = try context.call("HMGET", .bytes(prefix + ":s".utf8), "b", "c", "r", "l", "f", "t").elements ?? []
        birth = fields[0].bytes
        clock = fields[1].bytes
        storedServer = fields[2].bytes
        lost = try fields[3].bytes.map(Self.number) ?? 0
        horizons = (try fields[4].bytes.map(Self.number) ?? 0, try fields[5].bytes.map(Self.number) ?? 0)
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

    mutating func begin(isLoss: Bool, beyond: Int64, _ context: inout ScriptContext) throws {
        let start = max(microseconds, beyond + 1, try (clock.map(Self.number) ?? 0) + 1)
        birth = Array(String(start).utf8)
        clock = birth
        lost = isLoss ? now : 0
        horizons = (0, 0)
        let begun = RedisArgument.integer(Int(start))
        _ = try context.call("DEL", name(":s"), name(":f"), name(":t"))
        _ = try context.call(
            "HSET", name(":s"), "b", begun, "c", begun, "r", .bytes(server), "l", .integer(Int(lost)))
        _ = try context.call("ZADD", name(":f"), begun, "b")
        _ = try context.call("ZADD", name(":t"), begun, "b")
        try boundState(&context)
    }

    /// Bounds the time that a key has to live.
    func bound(_ key: RedisArgument, _ context: inout ScriptContext) throws {
        if let lifetime { _ = try context.call("PEXPIRE", key, .integer(Int(lifetime))) }
    }

    /// Bounds that of the three keys of the state.
    func boundState(_ context: inout ScriptContext) throws {
        for kind in [":s", ":f", ":t"] { try bound(name(kind), &context) }
    }

    mutating func open(isLoss: Bool, _ context: inout ScriptContext) throws {
        let keys = try context.call("ZSCORE", name(":f"), "b").bytes
        let tags = try context.call("ZSCORE", name(":t"), "b").bytes
        if let birth, storedServer == server, keys == birth, tags == birth { return }
        try begin(isLoss: isLoss || birth != nil || keys != nil || tags != nil, beyond: 0, &context)
    }

    mutating func tick(_ context: inout ScriptContext) throws {
        let next = Array(String(try Self.number(clock ?? []) + 1).utf8)
        clock = next
        _ = try context.call("HSET", name(":s"), "c", .bytes(next))
    }

    /// As of when something has to be current at the least.
    func isOfThisState(_ asOf: Int64) throws -> Bool { asOf >= (try birth.map(Self.number) ?? 0) }

    /// Logical time and birth, with which answers begin.
    var stamp: [RedisValue] { [.bulk(clock ?? []), .bulk(birth ?? [])] }

    // MARK: Floors

    /// Whether something current as of a logical time is not below a floor.
    func isAbove(_ floors: Floors, _ name: [UInt8], _ asOf: Int64, _ context: inout ScriptContext) throws -> Bool {
        guard asOf >= (floors == .keys ? horizons.keys : horizons.tags) else { return false }
        let floor = try context.call("ZSCORE", self.name(floors.rawValue), .bytes([UInt8(ascii: ":")] + name)).bytes
        guard let floor else { return true }
        return try Self.number(floor) <= asOf
    }

    func raise(_ floors: Floors, _ name: [UInt8], most: Int64, _ context: inout ScriptContext) throws {
        let table = self.name(floors.rawValue)
        _ = try context.call("ZADD", table, .bytes(clock ?? []), .bytes([UInt8(ascii: ":")] + name))
        guard (try context.call("ZCARD", table).integerValue ?? 0) > most + 1 else { return }
        let half = RedisArgument.integer(Int(most / 2))
        let horizon = try context.call("ZRANGE", table, half, half, "WITHSCORES").elements?[1].bytes ?? []
        _ = try context.call("HSET", self.name(":s"), floors == .keys ? "f" : "t", .bytes(horizon))
        // The lowest but for the birth, which stays.
        let lowest = try context.call("ZRANGE", table, 1, half).elements ?? []
        for name in lowest { _ = try context.call("ZREM", table, .bytes(name.bytes ?? [])) }
    }
}
