import Foundation
import RedisClient
import TestSupport
import Testing

@Suite("The manager of a process", .timeLimit(.minutes(10)))
struct ManagerTests {
    private func withManager(
        breaker: CircuitBreaker.Configuration = .init(), change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (TestServer, RedisManager, RedisConnection) async throws -> Void
    ) async throws {
        try await withServer { server in
            var configuration = server.configuration
            configuration.clientName = "shop"
            change(&configuration)
            let watcher = try await RedisConnection.connect(server.configuration)
            let manager = try RedisManager.shared(configuration, breaker: breaker)
            do {
                try await body(server, manager, watcher)
            } catch {
                await manager.close()
                throw error
            }
            await manager.close()
            await watcher.close()
        }
    }

    @Test("A thousand simultaneous tasks get the same manager, and the connections stay within the limit")
    func thousandTasks() async throws {
        // The test counts connections. It does not matter how long each of them is used.
        func limit(_ configuration: inout RedisConfiguration) {
            configuration.poolLimit = 8
            configuration.poolTimeout = .seconds(600)
        }
        try await withManager(change: limit) { server, manager, watcher in
            var configuration = server.configuration
            configuration.clientName = "shop"
            limit(&configuration)
            let asked = configuration
            let most = Collected<Int>()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<1_000 {
                    group.addTask {
                        let mine = try RedisManager.shared(asked)
                        let context = mine.context("user-\(task % 50)")
                        try await context.set("k\(task)", to: Array("\(task)".utf8))
                        if task % 10 == 0 {
                            try await mine.withConnection { _ = try await $0.send(RedisCommand("PING")) }
                            most.append(try await watcher.clients().count { $0.contains("name=shop/manager:") })
                        }
                        let back = try await context.get("k\(task)")
                        return mine === manager && back == Array("\(task)".utf8)
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(most.count == 100)
            #expect(try #require(most.all.max()) <= 8)
            #expect(try await watcher.send(RedisCommand("DBSIZE")).integerValue == 1_000)
        }
    }

    @Test("Another configuration for the same server is refused, and the error contains no password")
    func conflict() async throws {
        try await withManager { server, manager, _ in
            var other = server.configuration
            other.clientName = "shop"
            other.password = "secret-of-mine"
            other.poolLimit = 3
            let error = try await redisError { _ = try RedisManager.shared(other) }
            #expect(error.code == .conflictingConfiguration)
            #expect(error.message.contains("password, poolLimit"))
            #expect(!"\(error)".contains("secret-of-mine"))
        }
    }

    @Test("After a manager is closed, the next call creates a new one")
    func closing() async throws {
        try await withManager { server, manager, _ in
            await manager.close()
            let error = try await redisError { _ = try await manager.send(RedisCommand("PING")) }
            #expect(error.code == .closed)
            var configuration = server.configuration
            configuration.clientName = "shop"
            let next = try RedisManager.shared(configuration)
            #expect(next !== manager)
            #expect(try await next.send(RedisCommand("PING")).string == "PONG")
            await next.close()
        }
    }

    @Test("A connection opened without the manager is found and named")
    func audit() async throws {
        try await withManager { server, manager, _ in
            // The watcher has no name.
            let before = try await manager.audit(expecting: [""])
            #expect(before.isClean && before.own.count == 1)
            var rogue = server.configuration
            rogue.clientName = "quick-fix"
            let connection = try await RedisConnection.connect(rogue)
            var foreign = server.configuration
            foreign.clientName = "shop/manager:1"
            let other = try await RedisConnection.connect(foreign)
            let audit = try await manager.audit(expecting: [""])
            #expect(!audit.isClean)
            #expect(audit.pastTheManager.map(\.name) == ["quick-fix"])
            #expect(audit.pastTheManager.first?.description.contains("\"quick-fix\" (id ") == true)
            #expect(audit.ofOtherManagers.map(\.name) == ["shop/manager:1"])
            #expect(audit.own.map(\.name) == [manager.configuration.clientName])
            await connection.close()
            await other.close()
        }
    }

    @Test("The manager owns its subscribers, and they do not count against the limit of its pool")
    func subscribers() async throws {
        try await withManager(change: { $0.poolLimit = 2 }) { _, manager, _ in
            let subscribers = ["news", "alerts", "orders"].map {
                RedisSubscriber(manager.subscriberConfiguration(for: $0), onMessages: { _ in })
            }
            for subscriber in subscribers { try await subscriber.subscribe(["channel"]) }
            let audit = try await manager.audit(expecting: [""])
            let name = try #require(manager.configuration.clientName)
            #expect(audit.isClean && audit.own.count == 1 && audit.ofOtherManagers.isEmpty)
            #expect(audit.ownSubscribers.map(\.name).sorted() == ["\(name)/alerts", "\(name)/news", "\(name)/orders"])
            for subscriber in subscribers { await subscriber.close() }
        }
    }

    @Test("Calls are counted by their outcome: answered, refused at once, failed for certain, unknown")
    func calls() async throws {
        try await withManager(breaker: .init(failuresToOpen: 2, rest: .seconds(600))) { server, manager, _ in
            var expected = CallCounts()
            func call(_ command: RedisCommand) async throws {
                do {
                    _ = try await manager.send(command)
                    expected.answered += 1
                } catch let error as RedisError {
                    switch error.code {
                    case .serverError: expected.answered += 1
                    case .circuitOpen: expected.refused += 1
                    case let code where error.outcomeUnknown: expected.unknown[code, default: 0] += 1
                    case let code: expected.failed[code, default: 0] += 1
                    }
                }
            }
            for command in ["PING", "NONSENSE"] { try await call(RedisCommand(command)) }
            #expect(expected.answered == 2)
            server.killAtOnce()
            try await eventually("it opens") {
                try await call(RedisCommand("PING"))
                return manager.state == .open
            }
            for _ in 0..<3 { try await call(RedisCommand("PING")) }
            #expect(expected.refused == 3)
            let lost = expected.failed.merging(expected.unknown, uniquingKeysWith: +)
            #expect(lost.values.reduce(0, +) >= 2)
            #expect(manager.calls == expected)
        }
    }

    @Test(
        "No two contexts share a key",
        arguments: [
            ("prod", "2x", "prod2", "x"), ("a:1", "b", "a", "1:b"), ("", "x", "x", ""), ("1:a", "b", "1", "a:b"),
            ("café", "x", "cafe\u{301}", "x"), ("admin", "x", "аdmin", "x"),
        ])
    func contexts(first: String, firstKey: String, second: String, secondKey: String) async throws {
        try await withManager { _, manager, _ in
            let (one, other) = (manager.context(first), manager.context(second))
            try await one.set(firstKey, to: [1])
            #expect(try await other.get(secondKey) == nil)
            #expect(try await other.remove(secondKey) == false)
            #expect(try await one.get(firstKey) == [1])
            #expect(try await one.remove(firstKey))
        }
    }

    @Test("The breaker opens when the server is killed, refuses at once, and closes by itself after a restart")
    func breaker() async throws {
        try await withManager(
            breaker: .init(failuresToOpen: 2, rest: .milliseconds(5), longestRest: .milliseconds(20))
        ) { server, manager, _ in
            let transitions = Collected<CircuitBreaker.Transition>()
            manager.onTransition { transitions.append($0) }
            _ = try await manager.send(RedisCommand("PING"))
            server.killAtOnce()
            try await eventually("it opens") {
                _ = try? await manager.send(RedisCommand("PING"))
                return manager.state == .open
            }
            try await eventually("a call is refused") {
                do {
                    _ = try await manager.send(RedisCommand("PING"))
                } catch let error as RedisError where error.code == .circuitOpen {
                    return true
                } catch {}
                return false
            }
            try await server.start()
            try await eventually("it is back") {
                do {
                    return try await manager.withConnection { try await $0.send(RedisCommand("PING")) }.string == "PONG"
                } catch is RedisError {
                    return false
                }
            }
            #expect(manager.state == .closed)
            let all = transitions.all
            #expect(all.first?.from == .closed && all.first?.to == .open)
            #expect(all.last?.from == .halfOpen && all.last?.to == .closed)
            // Each transition begins in the state in which the one before ended.
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.to == $1.from && $0.time <= $1.time })
        }
    }

    @Test("A server that hangs opens the breaker too: later calls do not wait for their time limit")
    func hanging() async throws {
        try await withManager(
            breaker: .init(failuresToOpen: 1, rest: .seconds(60)),
            change: { $0.commandTimeout = .seconds(2) }
        ) { server, manager, _ in
            _ = try await manager.send(RedisCommand("PING"))
            server.signal(SIGSTOP)
            let slow = try await redisError { _ = try await manager.send(RedisCommand("PING")) }
            #expect(slow.code == .commandTimedOut)
            for number in 0..<100 {
                let error = try await redisError { _ = try await manager.send(RedisCommand("PING")) }
                #expect(error.code == .circuitOpen, "command \(number)")
            }
            server.signal(SIGCONT)
        }
    }
}
