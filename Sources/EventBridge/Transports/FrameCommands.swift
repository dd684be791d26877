import RedisClient

/// What is sent to the server for a frame, and what its answers mean. Pure.
struct FrameCommands {
    private let transport: BridgeTransport
    private let name: String
    private let streamLength: Int

    init(_ configuration: BridgeConfiguration) {
        transport = configuration.transport
        name = configuration.name
        streamLength = configuration.streamLength
    }

    func commands(for frame: [UInt8]) -> [RedisCommand] {
        switch transport {
        case .pubSub: return [RedisCommand("PUBLISH", arguments: [.string(name), .bytes(frame)])]
        case .streams:
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
