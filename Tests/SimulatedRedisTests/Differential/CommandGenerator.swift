import Simulation

/// Generates random commands that collide: few keys, all types, wrong types, wrong numbers of words, and words in
/// place of numbers.
///
/// Connections 0 to 2 send commands. Connections 3 and 4 mostly subscribe and receive invalidations.
struct CommandGenerator {
    private var random: SeededRandom
    private let broadcasts: Bool

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        broadcasts = seed.isMultiple(of: 2)
    }

    /// The compared commands.
    static let names = [
        "get", "set", "incr", "decr", "incrby", "decrby", "exists", "del", "unlink", "type", "persist", "expire",
        "pexpire",
        "expireat", "pexpireat", "ttl", "pttl", "expiretime", "pexpiretime", "hset", "hget", "hmget", "hgetall", "hdel",
        "hlen", "zadd", "zscore", "zrange", "zrem", "zremrangebyscore", "zcard", "xadd", "xlen", "xrange", "xdel",
        "xread",
        "xgroup", "xreadgroup", "xack", "xpending", "publish", "subscribe", "unsubscribe", "multi", "exec", "discard",
        "watch", "unwatch", "client", "ping", "echo", "time", "dbsize", "flushall", "flushdb", "scan",
    ]

    private static let keys = ["a", "b", "c", "pre:a", "pre:b", "pre:c"]
    private static let values = [
        "1", "-5", "abc", "", "9223372036854775807", "-9223372036854775808", "010", " 1", "1.5",
    ]
    private static let fields = ["f", "g", "h"]
    private static let scores = [
        "1", "2.5", "-inf", "+inf", "inf", "nan", "abc", "0.1", "1e3", "-0", "3", "1e300", "123456789012345678",
    ]
    private static let bounds = ["-inf", "+inf", "1", "(1", "2.5", "(2.5", "abc", "3"]
    private static let lifetimes = ["1", "5", "100", "1000", "60000", "0", "-1", "9223372036854775807", "abc", "1.5"]
    private static let streamIDs = [
        "*", "*", "*", "1-1", "2-*", "2-5", "3", "0-0", "abc", "1-", "4-*", "1700000000000-*", "0-1", "1-2-3",
    ]
    private static let intervals = [
        "-", "+", "1-1", "(1-1", "2", "(2-5", "abc", "0", "1700000000000", "(0-0",
        "(18446744073709551615-18446744073709551615",
    ]
    private static let channels = ["x", "y", "z"]

    mutating func steps(_ count: Int) -> [Step] {
        var steps: [Step] = []
        var connection = 0
        for _ in 0..<count {
            if chance(12) { connection = Int.random(in: 0..<3, using: &random) }
            var step: Step
            if chance(20) {
                step = receiverStep(Int.random(in: 3...4, using: &random))
            } else {
                step = Step(connection, command())
                if chance(40) { step = trackingStep(connection) }
            }
            if chance(12) { step.delay = Int64.random(in: 1...2_000_000, using: &random) }
            if chance(30) { step = mutated(step) }
            steps.append(step)
        }
        return steps
    }

    // MARK: Selection

    /// True once in `number` times.
    private mutating func chance(_ number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }
    private mutating func one(_ words: [String]) -> String { words[Int.random(in: words.indices, using: &random)] }
    private mutating func key() -> String { one(Self.keys) }
    /// Usually a key that holds only streams, because groups exist only as long as their streams.
    private mutating func streamKey() -> String { chance(2) ? one(["s", "s2"]) : key() }
    private mutating func some(_ words: [String], _ range: ClosedRange<Int>) -> [String] {
        (0..<Int.random(in: range, using: &random)).map { _ in one(words) }
    }
    /// The words, or none.
    private mutating func perhaps(_ words: [String], _ number: Int = 3) -> [String] { chance(number) ? words : [] }

    /// Adds or removes a word, or changes the case of letters.
    private mutating func mutated(_ step: Step) -> Step {
        guard !["subscribe", "unsubscribe", "xadd", "xread", "xreadgroup", "zadd", "zrange"].contains(step.name) else {
            return step
        }
        var step = step
        switch Int.random(in: 0..<3, using: &random) {
        case 0 where step.words.count > 1: step.words.removeLast()
        case 1: step.words.append(.bytes(Array(one(["1", "nonsense", "nx"]).utf8)))
        default:
            if case .bytes(let name) = step.words[0] {
                step.words[0] = .bytes(name.map { (65...90).contains($0) && chance(2) ? $0 + 32 : $0 })
            }
        }
        return step
    }

    // MARK: Commands

    private mutating func receiverStep(_ connection: Int) -> Step {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...3: Step(connection, ["SUBSCRIBE"] + some(Self.channels, 1...2))
        case 4: Step(connection, ["UNSUBSCRIBE"] + some(Self.channels, 0...2))
        case 5: Step(connection, one(["PING", "ECHO x", "PING x"]).split(separator: " ").map(String.init))
        default: Step(connection, ["GET", key()])
        }
    }

    private mutating func trackingStep(_ connection: Int) -> Step {
        if chance(4) {
            return Step(
                connection,
                one([
                    "CLIENT ID", "CLIENT GETNAME", "CLIENT SETNAME n", "CLIENT SETNAME é",
                    "CLIENT TRACKING off", "CLIENT TRACKING perhaps", "CLIENT nonsense", "CLIENT",
                ]).split(separator: " ").map(String.init))
        }
        var step = Step(connection, ["CLIENT", "TRACKING", "on"])
        if !chance(8) {
            step.words += [
                .bytes(Array("REDIRECT".utf8)), .number(ofConnection: Int.random(in: 3...4, using: &random)),
            ]
        }
        var rest: [String] = []
        if broadcasts {
            rest += ["BCAST"]
            for prefix in some(["a", "pre:", "pre:a", "b", ""], 0...2) { rest += ["PREFIX", prefix] }
        } else {
            rest += perhaps(["NOLOOP"])
            rest += perhaps(["PREFIX", "a"], 20)
        }
        step.words += rest.map { .bytes(Array($0.utf8)) }
        return step
    }

    private mutating func command() -> [String] {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<20: stringCommand()
        case 20..<34: keyCommand()
        case 34..<48: hashCommand()
        case 48..<62: sortedSetCommand()
        case 62..<84: streamCommand()
        case 84..<94: transactionCommand()
        default: otherCommand()
        }
    }

    private mutating func stringCommand() -> [String] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2: return ["GET", key()]
        case 3: return [one(["INCR", "DECR"]), key()]
        case 4: return [one(["INCRBY", "DECRBY"]), key(), one(Self.values)]
        default:
            var words = ["SET", key(), one(Self.values)] + perhaps([one(["NX", "XX", "nx"])]) + perhaps(["GET"], 4)
            words += perhaps([one(["EX", "PX", "px"]), one(Self.lifetimes)], 2)
            words += perhaps([one(["PXAT", "EXAT"]), one(["1700000000500", "1", "1700000005", "0"])], 8)
            return words + perhaps(["KEEPTTL"], 8) + perhaps(["nonsense"], 30)
        }
    }

    private mutating func keyCommand() -> [String] {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return ["EXISTS"] + some(Self.keys, 1...3)
        case 1: return [one(["DEL", "UNLINK"])] + some(Self.keys + ["s"], 1...2)
        case 2: return ["PERSIST", key()]
        case 3, 4: return [one(["PTTL", "TTL", "PEXPIRETIME", "EXPIRETIME"]), key()]
        case 5: return ["TYPE", key()]
        case 6:
            return [one(["PEXPIREAT"]), key(), one(["1700000000000", "1700000001000", "1700000100000", "1"])]
                + perhaps([one(["NX", "XX", "GT", "LT"])])
        case 7: return ["EXPIREAT", key(), one(["1700000001", "1700000100", "1", "abc", "9223372036854775807"])]
        default:
            return [one(["EXPIRE", "PEXPIRE", "PEXPIRE"]), key(), one(Self.lifetimes)]
                + perhaps(some(["NX", "XX", "GT", "LT", "gt", "nonsense"], 1...2))
        }
    }

    private mutating func hashCommand() -> [String] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2:
            var words = ["HSET", key()]
            for field in some(Self.fields, 1...2) { words += [field, one(Self.values)] }
            return words + perhaps(["odd"], 20)
        case 3: return [one(["HGET", "HGET", "HMGET"]), key(), one(Self.fields)]
        case 4: return chance(2) ? ["HLEN", key()] : ["HMGET", key(), "nothing"] + some(Self.fields, 0...2)
        case 5: return ["HDEL", key()] + some(Self.fields, 1...2)
        default: return ["HGETALL", key()]
        }
    }

    private mutating func sortedSetCommand() -> [String] {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3:
            var words = ["ZADD", key()] + perhaps(some(["NX", "XX", "GT", "LT", "CH", "ch"], 1...2))
            for member in some(Self.fields, 1...3) { words += [one(Self.scores), member] }
            return words + perhaps(["odd"], 20)
        case 4: return ["ZSCORE", key(), one(Self.fields)]
        case 5: return ["ZREM", key()] + some(Self.fields, 1...2)
        case 6: return ["ZREMRANGEBYSCORE", key(), one(Self.bounds), one(Self.bounds)]
        case 7: return ["ZCARD", key()]
        case 8:
            return ["ZRANGE", key(), one(["0", "1", "-2", "abc", "-9"]), one(["-1", "1", "5", "-3"])]
                + perhaps(["WITHSCORES"], 2) + perhaps(["REV"]) + perhaps(["LIMIT", "0", "1"], 20)
        default:
            return ["ZRANGE", key(), one(Self.bounds), one(Self.bounds), "BYSCORE"] + perhaps(["WITHSCORES"], 2)
                + perhaps(["REV"]) + perhaps(["LIMIT", one(["0", "1", "-1"]), one(["1", "-1", "0", "2"])])
        }
    }

    private mutating func streamCommand() -> [String] {
        let group = one(["g", "h"])
        switch Int.random(in: 0..<16, using: &random) {
        case 0...4:
            var words = ["XADD", streamKey()] + perhaps(["NOMKSTREAM"], 10)
            words += perhaps(["MAXLEN", "=", one(["0", "1", "3", "-1", "abc"])]) + [one(Self.streamIDs)]
            for field in some(Self.fields, 1...2) { words += [field, one(Self.values)] }
            return words + perhaps(["odd"], 20)
        case 5: return ["XLEN", streamKey()]
        case 6:
            return ["XRANGE", streamKey(), one(Self.intervals), one(Self.intervals)]
                + perhaps(["COUNT", one(["0", "1", "2", "-1", "abc"])])
        case 7: return ["XDEL", streamKey(), one(Self.streamIDs)]
        case 8:
            let start = ["0", "1-1", "$", "2", "abc", "1700000000000-0"]
            if chance(3) { return ["XREAD", "STREAMS", streamKey(), streamKey(), one(start), one(start)] }
            return ["XREAD"] + perhaps(["COUNT", one(["1", "2", "0", "abc"])], 2) + [
                "STREAMS", streamKey(), one(start),
            ]
        case 9:
            return ["XGROUP", "CREATE", streamKey(), group, one(["0", "0", "$", "1-1", "abc"])]
                + perhaps(["MKSTREAM"], 2)
        case 10...12:
            let words =
                ["XREADGROUP", "GROUP", group, one(["c", "d"])] + perhaps(["COUNT", one(["1", "2"])], 2)
                + perhaps(["NOACK"], 6)
            let start = [">", ">", ">", "0", "1-1", "$", "abc"]
            if chance(4) { return words + ["STREAMS", streamKey(), streamKey(), one(start), one(start)] }
            return words + ["STREAMS", streamKey(), one(start)]
        case 13:
            return ["XACK", streamKey(), group]
                + some(["1-1", "2-0", "2-5", "3", "0-1", "1700000000000-0", "abc"], 1...3)
        case 14: return ["XPENDING", streamKey(), group]
        default:
            if chance(12) { return ["XGROUP", "DESTROY", streamKey(), group] }
            return ["XPENDING", streamKey(), group] + perhaps(["IDLE", one(["0", "1000", "abc"])])
                + [one(Self.intervals), one(Self.intervals), one(["10", "1", "abc", "0"])] + perhaps([one(["c", "d"])])
        }
    }

    private mutating func transactionCommand() -> [String] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: ["MULTI"]
        case 2...4: ["EXEC"]
        case 5: ["DISCARD"]
        case 6: ["WATCH"] + some(Self.keys, 1...2)
        default: ["UNWATCH"]
        }
    }

    private mutating func otherCommand() -> [String] {
        switch Int.random(in: 0..<16, using: &random) {
        case 0...5: ["PUBLISH", one(Self.channels), one(Self.values)]
        case 6: ["PING"] + perhaps(["x"])
        case 7: ["ECHO", one(Self.values)]
        case 8: ["TIME"]
        case 9, 10: ["DBSIZE"]
        case 11: chance(2) ? [one(["FLUSHALL", "FLUSHDB"])] + perhaps([one(["ASYNC", "nonsense"])]) : ["DBSIZE"]
        case 12: ["SCAN", one(["0", "abc"]), "COUNT", one(["1000", "0", "abc"])]
        case 13:
            ["SCAN", "0", "COUNT", "1000"]
                + perhaps(["MATCH", one(["*", "pre:*", "[ab]", "?", "pre:[^a]", "\\a"])], 2)
                + perhaps(["TYPE", one(["string", "hash", "zset", "stream"])], 2)
        case 14:
            ["EVALSHA", one(["abc", "0000000000000000000000000000000000000000"]), one(["0", "-1", "5", "abc"]), "k"]
        default: ["NONSENSE", one(Self.values), key()]
        }
    }
}
