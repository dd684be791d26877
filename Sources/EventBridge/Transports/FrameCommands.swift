import RedisClient

/// The commands that send a frame, and the interpretation of their replies. A pure value.
struct FrameCommands {
    private let transport: BridgeTransport
    private let name: String
    private let streamLength: Int
    /// The time to live in milliseconds. `nil` means no limit.
    private let lifetime: Int?

    /// KEYS: the stream. ARGV: its length, its time to live in milliseconds, the frame.
    private static let addition = RedisScript(
        name: "add to a stream that goes by itself",
        source: """
            local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[3])
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return id
            """)

    init(_ configuration: BridgeConfiguration) {
        transport = configuration.transport
        name = configuration.name
        streamLength = configuration.streamLength
        lifetime = configuration.dataLifetime.map { Int(clamping: max(1, Int64($0 / .milliseconds(1)))) }
    }

    /// - Parameter isFirst: whether it is the first frame of a write. The server then knows the script for the later
    ///   ones.
    func commands(for frame: [UInt8], isFirst: Bool = true) -> [RedisCommand] {
        switch transport {
        case .pubSub: return [RedisCommand("PUBLISH", arguments: [.string(name), .bytes(frame)])]
        case .streams:
            if let lifetime {
                let (word, script) = isFirst ? ("EVAL", Self.addition.source) : ("EVALSHA", Self.addition.sha1)
                return [
                    RedisCommand(
                        word,
                        arguments: [
                            .string(script), 1, .string(name), .integer(streamLength), .integer(lifetime),
                            .bytes(frame),
                        ])
                ]
            }
            return [
                RedisCommand(
                    "XADD",
                    arguments: [
                        .string(name), "MAXLEN", "~", .integer(streamLength), "*", "e", .bytes(frame),
                    ])
            ]
        case .tracking:
            // The name of the key is the event, so no client reads the key. One command writes and another deletes it
            // in the same step, so the server announces it once and keeps nothing.
            let key = RedisArgument.bytes(TrackingSubscription.prefix(name) + frame)
            return [
                RedisCommand("MULTI"), RedisCommand("SET", arguments: [key, ""]), RedisCommand("DEL", arguments: [key]),
                RedisCommand("EXEC"),
            ]
        }
    }

    /// The number of frames, from the first, that the server has accepted.
    func confirmed(_ replies: [RedisValue]) -> Int {
        let each = transport == .tracking ? 4 : 1
        var confirmed = 0
        for last in stride(from: each - 1, to: replies.count, by: each) {
            if case .error = replies[last] { break }
            confirmed += 1
        }
        return confirmed
    }
}
