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
            var state = try CacheState(keys, arguments, &context)
            try state.open(isLoss: true, &context)
            return try look(arguments[2], state, &context)
        },
        ModelScript(RedisScripts.inspect) { context, keys, arguments in
            var state = try CacheState(keys, arguments, &context)
            try state.open(isLoss: true, &context)
            return .array(try arguments.dropFirst(2).map { try look($0, state, &context) })
        },
        ModelScript(RedisScripts.fill) { context, keys, arguments in
            var state = try CacheState(keys, arguments, &context)
            try state.open(isLoss: true, &context)
            return try keep(arguments[4...], arguments[3], arguments[2], state, &context)
        },
        ModelScript(RedisScripts.fillMany) { context, keys, arguments in
            var state = try CacheState(keys, arguments, &context)
            try state.open(isLoss: true, &context)
            var answers: [RedisValue] = []
            var rest = arguments.dropFirst(4)
            while let count = rest.popFirst() {
                let entry = rest.prefix(Int(try CacheState.number(count)))
                rest = rest[entry.endIndex...]
                answers.append(try keep(entry, arguments[3], arguments[2], state, &context))
            }
            return .array(answers)
        },
        ModelScript(RedisScripts.announce, body: announce),
        ModelScript(RedisScripts.renew, body: renew),
        ModelScript(RedisScripts.leave) { context, keys, arguments in
            let state = try CacheState(keys, arguments, &context)
            try state.keepMember(arguments[2], until: nil, &context)
            return .integer(1)
        },
        ModelScript(RedisScripts.members) { context, keys, arguments in
            var state = try CacheState(keys, arguments, &context)
            try state.open(isLoss: true, &context)
            return .array([state.stamp[1]] + (try state.liveMembers(&context)))
        },
        ModelScript(RedisScripts.logicalTime) { context, keys, arguments in
            var state = try CacheState(keys, arguments, &context)
            try state.open(isLoss: false, &context)
            return state.stamp[0]
        },
    ]

    private static func look(
        _ key: [UInt8], _ state: CacheState, _ context: inout ScriptContext
    ) throws -> RedisValue {
        func answer(_ word: String, _ rest: [RedisValue] = []) -> RedisValue {
            .array(state.stamp + [.bulk(Array(word.utf8))] + rest)
        }
        if try state.isHeld(key, &context) { return answer("held") }
        let fields = try context.call("HGETALL", state.name(":e:", key)).elements ?? []
        if fields.isEmpty { return answer("miss") }
        var asOf: Int64 = 0
        var version = RedisValue.bulk([UInt8(ascii: "0")])
        var value = RedisValue.null
        var deadline: Int64?
        var tags: [RedisValue] = []
        for index in stride(from: 0, to: fields.count, by: 2) {
            switch fields[index].string {
            case "a": asOf = try CacheState.number(fields[index + 1].bytes ?? [])
            case "v": version = fields[index + 1]
            case "d": value = fields[index + 1]
            case "x": deadline = try CacheState.number(fields[index + 1].bytes ?? [])
            default: tags.append(fields[index + 1])
            }
        }
        guard try state.isOfThisState(asOf) else { return answer("miss") }
        for tag in tags {
            guard try state.isAbove(.tags, tag.bytes ?? [], asOf, &context) else { return answer("miss") }
        }
        var left = try context.call("PTTL", state.name(":e:", key)).integerValue ?? 0
        if left > 0, let deadline { left = deadline - state.now }
        if left < 1 { return answer("miss") }
        return answer("hit", [.integer(left), version, value] + tags)
    }

    /// - Parameters:
    ///   - fields: key, as of, version, has value, value, tags….
    ///   - declared: the lifetime, in milliseconds.
    private static func keep(
        _ fields: ArraySlice<[UInt8]>, _ declared: [UInt8], _ ignoresFloors: [UInt8], _ state: CacheState,
        _ context: inout ScriptContext
    ) throws -> RedisValue {
        let first = fields.startIndex
        let (key, version, tags) = (fields[first], fields[first + 2], fields.dropFirst(5))
        let asOf = try CacheState.number(fields[first + 1])
        let entry = state.name(":e:", key)
        if ignoresFloors != [UInt8(ascii: "1")] {
            guard try state.isOfThisState(asOf) else { return .integer(0) }
            if try state.isHeld(key, &context) { return .integer(0) }
            guard try state.isAbove(.keys, key, asOf, &context) else { return .integer(0) }
            for tag in tags {
                guard try state.isAbove(.tags, tag, asOf, &context) else { return .integer(0) }
            }
            let present = try context.call("HMGET", entry, "a", "v").elements ?? []
            if let current = present[0].bytes, try state.isOfThisState(try CacheState.number(current)),
                try CacheState.number(present[1].bytes ?? []) > CacheState.number(version)
            {
                return .integer(0)
            }
        }
        _ = try context.call("DEL", entry)
        var hash: [RedisArgument] = ["a", .bytes(fields[first + 1]), "v", .bytes(version)]
        if fields[first + 3] == [UInt8(ascii: "1")] { hash += ["d", .bytes(fields[first + 4])] }
        for (number, tag) in tags.enumerated() { hash += [.string("t\(number + 1)"), .bytes(tag)] }
        let lifetime = try CacheState.number(declared)
        let bound = state.lifetime.flatMap { $0 < lifetime ? $0 : nil }
        if bound != nil { hash += ["x", .integer(Int(state.now + lifetime))] }
        for start in stride(from: 0, to: hash.count, by: 1000) {
            _ = try context.call(["HSET", entry] + hash[start..<min(start + 1000, hash.count)])
        }
        if bound != nil {
            try state.bound(entry, &context)
        } else {
            _ = try context.call("PEXPIRE", entry, .bytes(declared))
        }
        return .integer(1)
    }

    private static func announce(
        _ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]
    ) throws -> RedisValue {
        var state = try CacheState(keys, arguments, &context)
        try state.open(isLoss: true, &context)
        try state.tick(&context)
        let most = try CacheState.number(arguments[6])
        let keyEnd = 9 + Int(try CacheState.number(arguments[8]))
        let isHold = arguments[2] == [UInt8(ascii: "h")]
        for key in arguments[9..<keyEnd] {
            _ = try context.call("DEL", state.name(":e:", key))
            try state.raise(.keys, key, most: most, &context)
            guard arguments[2] != [UInt8(ascii: "d")] else { continue }
            let end = isHold ? state.now + (try CacheState.number(arguments[4])) : nil
            try state.hold(key, by: arguments[3], until: end, &context)
        }
        for tag in arguments[keyEnd...] { try state.raise(.tags, tag, most: most, &context) }
        let clock = state.clock ?? []
        let message = RedisArgument.bytes(clock + [UInt8(ascii: " ")] + arguments[5])
        if arguments[7] == [UInt8(ascii: "0")] {
            _ = try context.call("PUBLISH", state.name(":bus"), message)
        } else {
            _ = try context.call(
                "XADD", state.name(":bus"), "MAXLEN", "~", .bytes(arguments[7]), "*", "e", message)
            try state.bound(state.name(":bus"), &context)
        }
        try state.boundState(&context)
        let age = state.lost == 0 ? -1 : state.now - state.lost
        return .array(state.stamp + [.integer(age)] + (try state.liveMembers(&context)))
    }

    private static func renew(
        _ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]
    ) throws -> RedisValue {
        var state = try CacheState(keys, arguments, &context)
        let (instance, applied) = (arguments[2], try CacheState.number(arguments[4]))
        try state.open(isLoss: applied > 0, &context)
        let clock = try CacheState.number(state.clock ?? [])
        if try applied > clock || applied > 0 && !state.isOfThisState(applied) && state.lost == 0 {
            try state.begin(isLoss: true, beyond: applied, &context)
        }
        let wasAlive = try state.isAlive(instance, &context)
        let leaseEnd = state.now + (try CacheState.number(arguments[3]))
        try state.keepMember(instance, until: leaseEnd, &context)
        try state.boundState(&context)
        try state.bound(state.name(":bus"), &context)
        return .array([.integer(wasAlive ? 1 : 0)] + state.stamp)
    }
}
