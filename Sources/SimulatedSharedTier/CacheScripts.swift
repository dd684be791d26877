import CacheHierarchy
import RedisClient
import SimulatedRedis

/// The scripts of the shared tier in Swift, command for command, for a model that runs no Lua.
///
/// Each stands for one source in `RedisScripts`, by its SHA-1: when that source changes, the model refuses the script
/// until the translation here has been changed too. Both are compared by random invocations on a real server and on
/// the model.
public enum CacheScripts {
    /// All that a ``RedisSharedTier`` runs.
    public static let all: [ModelScript] = [
        ModelScript(RedisScripts.read) { context, keys, arguments in
            let cache = try CacheKeys(keys, &context)
            let stamp = try cache.clock(&context)
            return try cache.look(arguments[0], stamp, &context)
        },
        ModelScript(RedisScripts.inspect) { context, keys, arguments in
            let cache = try CacheKeys(keys, &context)
            let stamp = try cache.clock(&context)
            return .array(try arguments.map { try cache.look($0, stamp, &context) })
        },
        ModelScript(RedisScripts.fill, body: fill),
        ModelScript(RedisScripts.announce, body: announce),
        ModelScript(RedisScripts.renew, body: renew),
        ModelScript(RedisScripts.members) { context, keys, _ in
            let cache = try CacheKeys(keys, &context)
            return .array(try cache.liveMembers(&context))
        },
        ModelScript(RedisScripts.logicalTime) { context, keys, _ in
            let cache = try CacheKeys(keys, &context)
            return .bulk(try cache.clock(&context))
        },
    ]

    private static func fill(
        _ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]
    ) throws -> RedisValue {
        let cache = try CacheKeys(keys, &context)
        let key = arguments[0]
        let asOf = try CacheKeys.number(arguments[1])
        let entry = cache.name(":e:", key)
        let tags = arguments.dropFirst(9)
        if arguments[4] != [UInt8(ascii: "1")] {
            let (issuedAt, floorLifetime) = (try CacheKeys.number(arguments[2]), try CacheKeys.number(arguments[3]))
            // More than half of the lifetime; twice the age, because half of an odd number is no whole one.
            if (cache.now - issuedAt) * 2 > floorLifetime { return .integer(0) }
            let birth = try context.call("GET", cache.name(":birth")).integerValue ?? 9_007_199_254_740_991
            if asOf < birth { return .integer(0) }
            if try cache.isHeld(key, &context) { return .integer(0) }
            guard try cache.isAbove(":f:", key, asOf, &context) else { return .integer(0) }
            for tag in tags {
                guard try cache.isAbove(":t:", tag, asOf, &context) else { return .integer(0) }
            }
            if let version = try context.call("HGET", entry, "v").bytes,
                try CacheKeys.number(version) > CacheKeys.number(arguments[6])
            {
                return .integer(0)
            }
        }
        _ = try context.call("DEL", entry)
        _ = try context.call("HSET", entry, "a", .bytes(arguments[1]), "v", .bytes(arguments[6]))
        if arguments[7] == [UInt8(ascii: "1")] { _ = try context.call("HSET", entry, "d", .bytes(arguments[8])) }
        for (number, tag) in tags.enumerated() {
            _ = try context.call("HSET", entry, .string("t\(number + 1)"), .bytes(tag))
        }
        _ = try context.call("PEXPIRE", entry, .bytes(arguments[5]))
        return .integer(1)
    }

    private static func announce(
        _ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]
    ) throws -> RedisValue {
        let cache = try CacheKeys(keys, &context)
        let stamp = try cache.tick(&context)
        let keyEnd = 7 + Int(try CacheKeys.number(arguments[6]))
        let holds = cache.now + (try CacheKeys.number(arguments[2]))
        for key in arguments[7..<keyEnd] {
            let held = cache.name(":h:", key)
            _ = try context.call("DEL", cache.name(":e:", key))
            _ = try context.call("SET", cache.name(":f:", key), .bytes(stamp), "PX", .bytes(arguments[3]))
            switch arguments[0].first {
            case UInt8(ascii: "h"):
                _ = try context.call("HSET", held, .bytes(arguments[1]), .integer(Int(holds)))
                _ = try context.call("PEXPIRE", held, .bytes(arguments[2]))
            case UInt8(ascii: "r"): _ = try context.call("HDEL", held, .bytes(arguments[1]))
            default: break
            }
        }
        for tag in arguments[keyEnd...] {
            _ = try context.call("SET", cache.name(":t:", tag), .bytes(stamp), "PX", .bytes(arguments[4]))
        }
        _ = try context.call("PUBLISH", cache.name(":bus"), .bytes(stamp + [UInt8(ascii: " ")] + arguments[5]))
        return .array([.bulk(stamp)] + (try cache.liveMembers(&context)))
    }

    private static func renew(
        _ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]
    ) throws -> RedisValue {
        let cache = try CacheKeys(keys, &context)
        let (instance, applied) = (RedisArgument.bytes(arguments[0]), try CacheKeys.number(arguments[3]))
        let leaseEnd = cache.now + (try CacheKeys.number(arguments[1]))
        let score = try context.call("ZSCORE", cache.name(":m"), instance).bytes
        let wasAlive = try score.map { try CacheKeys.number($0) > cache.now } ?? false
        _ = try context.call("ZADD", cache.name(":m"), .integer(Int(leaseEnd)), instance)
        if try CacheKeys.number(cache.clock(&context)) < applied {
            // This server has forgotten announcements that the instance has heard.
            let start = RedisArgument.integer(Int(max(applied + 1, cache.microseconds)))
            _ = try context.call("SET", cache.name(":clock"), start)
            _ = try context.call("SET", cache.name(":birth"), start)
        }
        let stamp = try cache.clock(&context)
        if arguments[2] != [UInt8(ascii: "0")] {
            for name in [":clock", ":birth", ":m"] {
                _ = try context.call("PEXPIRE", cache.name(name), .bytes(arguments[2]))
            }
        }
        return .array([.integer(wasAlive ? 1 : 0), .bulk(stamp)])
    }
}
