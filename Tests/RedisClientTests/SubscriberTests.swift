import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("The subscriber", .timeLimit(.minutes(10)))
struct SubscriberTests {
    @Test("20 subscribers receive every message in order")
    func everyMessage() async throws {
        try await withServer { server in
            let inboxes = (0..<20).map { _ in Collected<RedisMessage>() }
            let subscribers = inboxes.map { inbox in
                RedisSubscriber(server.configuration) { inbox.append(contentsOf: $0) }
            }
            for (index, subscriber) in subscribers.enumerated() {
                if index % 2 == 0 {
                    try await subscriber.subscribe(["news"])
                } else {
                    try await subscriber.psubscribe(["n*"])
                }
            }
            let connection = try await RedisConnection.connect(server.configuration)
            for round in 0..<10 {
                let replies = try await connection.pipeline(
                    (0..<100).map { RedisCommand("PUBLISH", "news", String(round * 100 + $0)) })
                #expect(replies.allSatisfy { $0 == .integer(20) }, "round \(round)")
            }
            try await eventually("all are delivered") { inboxes.allSatisfy { $0.count == 1000 } }
            for (index, inbox) in inboxes.enumerated() {
                let messages = inbox.all
                #expect(messages.map(\.content.integerValue) == (0..<1000).map { $0 }, "subscription \(index)")
                let pattern = index % 2 == 0 ? nil : "n*"
                #expect(
                    messages.allSatisfy { $0.channel == "news" && $0.pattern == pattern }, "subscription \(index)")
            }
            for subscriber in subscribers { await subscriber.close() }
            try await eventually("only the publisher is left") { try await connection.clients().count == 1 }
            await connection.close()
        }
    }

    @Test("Unsubscribing ends delivery; a payload may be any bytes")
    func unsubscribing() async throws {
        try await withServer { server in
            let inbox = Collected<RedisMessage>()
            let subscriber = RedisSubscriber(server.configuration) { inbox.append(contentsOf: $0) }
            try await subscriber.subscribe(["a", "b"])
            try await subscriber.psubscribe(["c*"])
            let connection = try await RedisConnection.connect(server.configuration)
            let payload: [UInt8] = [0, 255, 13, 10]
            #expect(
                try await connection.send(RedisCommand(arguments: ["PUBLISH", "a", .bytes(payload)])) == .integer(1))
            try await subscriber.unsubscribe(["a"])
            try await subscriber.punsubscribe(["c*"])
            #expect(try await connection.send(RedisCommand("PUBLISH", "a", "x")) == .integer(0))
            #expect(try await connection.send(RedisCommand("PUBLISH", "cc", "x")) == .integer(0))
            #expect(try await connection.send(RedisCommand("PUBLISH", "b", "")) == .integer(1))
            try await eventually("both are delivered") { inbox.count == 2 }
            #expect(inbox.all.map(\.channel) == ["a", "b"])
            #expect(inbox.all.map(\.payload) == [payload, []])
            await subscriber.close()
            let error = try await redisError { try await subscriber.subscribe(["d"]) }
            #expect(error.code == .closed)
            await connection.close()
        }
    }

    @Test("The subscriber reports the loss of the server, and that it has resubscribed")
    func restart() async throws {
        try await withServer { server in
            let inbox = Collected<RedisMessage>()
            let states = Collected<String>()
            let subscriber = RedisSubscriber(server.configuration, onStateChange: { states.append(name($0)) }) {
                inbox.append(contentsOf: $0)
            }
            try await subscriber.subscribe(["a"])
            try await subscriber.psubscribe(["b*"])
            #expect(states.all == ["connected"])
            server.killAtOnce()
            try await eventually("the loss is told") { states.count == 2 }
            try await server.start()
            try await eventually("the return is told") { states.count == 3 }
            #expect(states.all == ["connected", "disconnected", "resubscribed"])
            let connection = try await RedisConnection.connect(server.configuration)
            _ = try await connection.pipeline([RedisCommand("PUBLISH", "a", "1"), RedisCommand("PUBLISH", "bb", "2")])
            try await eventually("both are delivered") { inbox.count == 2 }
            _ = try await connection.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
            try await eventually("another loss and return") { states.count == 5 }
            #expect(states.all.suffix(2) == ["disconnected", "resubscribed"])
            await subscriber.close()
            await connection.close()
            #expect(states.count == 5)
        }
    }

    @Test("A missing heartbeat reveals a server that hangs")
    func heartbeat() async throws {
        try await withServer { server in
            var configuration = server.configuration
            configuration.heartbeatInterval = .milliseconds(1500)
            configuration.connectTimeout = .seconds(3)
            let states = Collected<String>()
            let subscriber = RedisSubscriber(configuration, onStateChange: { states.append(name($0)) }) { _ in }
            try await subscriber.subscribe(["a"])
            server.signal(SIGSTOP)
            try await eventually("the loss is told") { states.all.last == "disconnected" }
            let error = try await redisError { try await subscriber.subscribe(["b"]) }
            #expect([.connectTimedOut, .connectFailed].contains(error.code))
            server.signal(SIGCONT)
            try await eventually("the return is told") { states.all.last == "resubscribed" }
            let connection = try await RedisConnection.connect(server.configuration)
            // An unconfirmed name stays wanted.
            #expect(try await connection.send(RedisCommand("PUBLISH", "b", "x")) == .integer(1))
            await subscriber.close()
            await connection.close()
        }
    }

    @Test("A subscriber released in its own callback is closed, and its callback is not called again")
    func letGoInCallback() async throws {
        try await withServer { server in
            let holder = Collected<RedisSubscriber>()
            let inbox = Collected<RedisMessage>()
            let states = Collected<String>()
            let subscriber = RedisSubscriber(
                server.configuration,
                onStateChange: { states.append(name($0)) },
                onMessages: { messages in
                    inbox.append(contentsOf: messages)
                    holder.removeAll()
                })
            holder.append(consume subscriber)
            try await holder.all[0].subscribe(["a"])
            let connection = try await RedisConnection.connect(server.configuration)
            _ = try await connection.send(RedisCommand("PUBLISH", "a", "1"))
            try await eventually("only the publisher is left") { try await connection.clients().count == 1 }
            #expect(inbox.count == 1)
            #expect(states.all == ["connected"])
            await connection.close()
        }
    }

    @Test("Without a server the subscriber reports one loss, and then that it has connected")
    func lateServer() async throws {
        let server = try TestServer()
        defer { server.stop() }
        let states = Collected<String>()
        let subscriber = RedisSubscriber(server.configuration, onStateChange: { states.append(name($0)) }) { _ in }
        let error = try await redisError { try await subscriber.subscribe(["a"]) }
        #expect(error.code == .connectFailed)
        try await server.start()
        try await eventually("it connects") { states.all == ["disconnected", "connected"] }
        try await subscriber.subscribe(["a"])
        await subscriber.close()
    }

    @Test("Invalidations of CLIENT TRACKING arrive as arrays of keys, and as null for a flush")
    func tracking() async throws {
        try await withServer { server in
            var configuration = server.configuration
            configuration.clientName = "invalidations"
            let inbox = Collected<RedisMessage>()
            let subscriber = RedisSubscriber(configuration) { inbox.append(contentsOf: $0) }
            try await subscriber.subscribe(["__redis__:invalidate"])
            let connection = try await RedisConnection.connect(server.configuration)
            let line = try await connection.clients().first { $0.contains("name=invalidations") }!
            let identifier = String(line.split(separator: " ")[0].dropFirst(3))
            _ = try await connection.send(RedisCommand("CLIENT", "TRACKING", "ON", "REDIRECT", identifier))
            _ = try await connection.send(RedisCommand("GET", "key"))
            _ = try await connection.send(RedisCommand("SET", "key", "value"))
            _ = try await connection.send(RedisCommand("FLUSHDB"))
            try await eventually("both are delivered") { inbox.count == 2 }
            #expect(inbox.all.map(\.content) == [.array([.bulk(Array("key".utf8))]), .null])
            await subscriber.close()
            await connection.close()
        }
    }
}

private func name(_ state: RedisSubscriber.State) -> String {
    switch state {
    case .connected: "connected"
    case .disconnected: "disconnected"
    case .resubscribed: "resubscribed"
    }
}
