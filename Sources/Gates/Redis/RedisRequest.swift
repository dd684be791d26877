/// What a client asks of Redis in one message, without its bytes.
package struct RedisRequest: Sendable, Equatable {
    /// Counted from 0 on its connection.
    package var number: Int
    /// In capital letters, at most 32 characters; `MULTI` for a whole transaction.
    package var verb: String
    /// The word after the verb for those that have subcommands, in capital letters.
    package var subcommand: String?
    /// The keys and channels, as far as the command is one whose keys are known; the first 64 words are looked at.
    package var keys: [String]
    /// The commands of a transaction between `MULTI` and `EXEC`, at most 64.
    package var parts: [RedisRequest] = []
    /// Whether it may pass at once where nothing is queued before it, and its reply likewise: it touches no data, and
    /// nobody else can tell when it was done.
    package var mayPass: Bool
    /// Whether its reply may take as long as it likes. None is to be waited for.
    package var blocks: Bool
    /// How many values its reply is made of. A subscription has one for each channel. `nil` where the server's state
    /// decides it (`UNSUBSCRIBE` from everything).
    package var replies: Int?

    /// Those that may pass at once.
    static let handshakes: Set<String> = ["AUTH", "COMMAND", "HELLO", "INFO", "PING", "READONLY", "SELECT"]
    /// Subcommands of `CLIENT` with which others are concerned.
    static let ofOthers: Set<String> = ["KILL", "NO-EVICT", "PAUSE", "UNBLOCK", "UNPAUSE"]
    static let subscribing: Set<String> = ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"]
    static let unsubscribing: Set<String> = ["UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"]
    static let blocking: Set<String> = [
        "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF",
    ]
    static let withSubcommands: Set<String> = [
        "ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG", "FUNCTION", "LATENCY", "MEMORY", "MODULE", "OBJECT",
        "PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO",
    ]

    /// - Parameters:
    ///   - frame: a command.
    ///   - isFresh: whether its connection has seen nothing but handshakes yet.
    init(_ frame: RESPFrame, number: Int, isFresh: Bool) {
        let words = Array(frame.elements.map { String(decoding: $0.bytes, as: UTF8.self) })
        let verb = String(words.first?.uppercased().prefix(32) ?? "")
        let subcommand = Self.withSubcommands.contains(verb) ? words.dropFirst().first?.uppercased() : nil
        self.number = number
        self.verb = verb
        self.subcommand = subcommand.map { String($0.prefix(32)) }
        keys = RedisKeys.of(verb, words, isWhole: frame.count == words.count)
        blocks = Self.blocks(verb, words)
        mayPass = Self.handshakes.contains(verb) || Self.subscribing.contains(verb)
        if verb == "CLIENT", let subcommand {
            // From when on a client is told of changes matters, except at the beginning.
            mayPass = !Self.ofOthers.contains(subcommand) && (subcommand != "TRACKING" || isFresh)
        }
        replies = 1
        if Self.subscribing.contains(verb) { replies = max(1, frame.count - 1) }
        if Self.unsubscribing.contains(verb) { replies = frame.count > 1 ? frame.count - 1 : nil }
    }

    private static func blocks(_ verb: String, _ words: [String]) -> Bool {
        if blocking.contains(verb) { return true }
        guard verb == "XREAD" || verb == "XREADGROUP" else { return false }
        return words.prefix { $0.uppercased() != "STREAMS" }.contains { $0.uppercased() == "BLOCK" }
    }

    /// `verb key`, for people and for telling messages apart in every run; see ``MessageLabel``.
    package func label(without namespaces: [String] = []) -> String {
        MessageLabel.of(verb: title, keys: parts.isEmpty ? keys : [], parts: parts, namespaces)
    }

    var title: String { subcommand.map { "\(verb) \($0)" } ?? verb }
}

extension RESPFrame.Element {
    /// The beginning of a text.
    var bytes: [UInt8] { if case .text(let bytes, _) = self { bytes } else { [] } }
}

/// Where the keys of a command are.
enum RedisKeys {
    /// Those whose first word is a key and nothing else is.
    private static let single: Set<String> = Set(
        """
        APPEND BITCOUNT BITFIELD BITFIELD_RO BITPOS DECR DECRBY DUMP EXPIRE EXPIREAT EXPIRETIME GEOADD GEODIST GEOHASH \
        GEOPOS GEORADIUS GEOSEARCH GET GETBIT GETDEL GETEX GETRANGE GETSET HDEL HEXISTS HEXPIRE HGET HGETALL HGETDEL \
        HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET HPERSIST HPEXPIRE HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX \
        HSTRLEN HTTL HVALS INCR INCRBY INCRBYFLOAT LINDEX LINSERT LLEN LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM \
        MOVE PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD PSETEX PTTL PUBLISH RESTORE RPOP RPUSH RPUSHX SADD SCARD SET \
        SETBIT SETEX SETNX SETRANGE SISMEMBER SMEMBERS SMISMEMBER SORT SORT_RO SPOP SPUBLISH SRANDMEMBER SREM SSCAN \
        STRLEN SUBSTR TTL TYPE XACK XADD XAUTOCLAIM XCLAIM XDEL XLEN XPENDING XRANGE XREVRANGE XTRIM ZADD ZCARD ZCOUNT \
        ZINCRBY ZLEXCOUNT ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANK ZREM \
        ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE \
        JSON.DEL JSON.GET JSON.SET JSON.MERGE BF.ADD BF.EXISTS CF.ADD CF.EXISTS
        """.split(separator: " ").map(String.init))
    /// All of whose words are keys, or channels.
    private static let all: Set<String> = [
        "DEL", "EXISTS", "MGET", "PFCOUNT", "PFMERGE", "PSUBSCRIBE", "PUNSUBSCRIBE", "SDIFF", "SDIFFSTORE", "SINTER",
        "SINTERSTORE", "SSUBSCRIBE", "SUBSCRIBE", "SUNION", "SUNIONSTORE", "SUNSUBSCRIBE", "TOUCH", "UNLINK",
        "UNSUBSCRIBE", "WATCH",
    ]
    private static let two: Set<String> = [
        "BLMOVE", "BRPOPLPUSH", "COPY", "LMOVE", "RENAME", "RENAMENX", "RPOPLPUSH", "SMOVE",
    ]
    private static let untilLast: Set<String> = ["BLPOP", "BRPOP", "BZPOPMAX", "BZPOPMIN"]
    private static let scripts: Set<String> = ["EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"]

    /// - Parameter isWhole: whether `words` are all of the command.
    static func of(_ verb: String, _ words: [String], isWhole: Bool) -> [String] {
        let arguments = words.dropFirst()
        if single.contains(verb) { return Array(arguments.prefix(1)) }
        if all.contains(verb) { return Array(arguments) }
        if two.contains(verb) { return Array(arguments.prefix(2)) }
        if untilLast.contains(verb) { return Array(isWhole ? arguments.dropLast() : arguments) }
        if scripts.contains(verb) { return counted(arguments.dropFirst()) }
        switch verb {
        case "MSET", "MSETNX": return arguments.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        case "XREAD", "XREADGROUP":
            guard isWhole, let start = arguments.firstIndex(where: { $0.uppercased() == "STREAMS" }) else { return [] }
            let rest = arguments[(start + 1)...]
            return Array(rest.prefix(rest.count / 2))
        case "BLMPOP", "BZMPOP": return counted(arguments.dropFirst())
        case "LMPOP", "ZMPOP", "SINTERCARD", "ZDIFF", "ZINTER", "ZUNION": return counted(arguments)
        case "OBJECT", "XGROUP", "XINFO", "MEMORY": return Array(arguments.dropFirst().prefix(1))
        default: return []
        }
    }

    /// So many keys as the first word says.
    private static func counted(_ words: ArraySlice<String>) -> [String] {
        guard let count = words.first.flatMap({ Int($0) }), count > 0 else { return [] }
        return Array(words.dropFirst().prefix(count))
    }
}
