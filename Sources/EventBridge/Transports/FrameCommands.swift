import RedisClient

/// What is sent to the server for a frame, and what its answers mean. Pure.
struct FrameCommands {
    private let transport: BridgeTransport
    private let name: String
    private let streamLength: Int
    /// In milliseconds; `nil` for ever.
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

    /// - Parameter isFirst: whether it is the first that goes out together: those after it find the script at the server.
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
                            .string(script), 1, .string(name), .integer(streamLength), .integer(lifetime), .bytes(frame),
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
            // The name of the key is the event, so nobody has to read it. Written and deleted in one step, it is
            // announced once and leaves nothing behind.
            let key = RedisArgument.bytes(TrackingSubscription.prefix(name) + frame)
            return [
                RedisCommand("MULTI"), RedisCommand("SET", arguments: [key, ""]), RedisCommand("DEL", arguments: [key]),
                RedisCommand("EXEC"),
            ]
        }
    }

    /// How many frames, from the first, the server has taken.
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
