import CacheHierarchy
import CacheProviders
import Foundation
import History
import Logging
import PrometheusMetrics
import RedisClient
import Support
import TestSupport
import Testing

@Suite("Without Redis", .timeLimit(.minutes(5)))
struct DegradationTests {
    /// The states of a provider, in order.
    private static func states(of provider: HierarchyProvider) -> AsyncStream<ProviderState> {
        let (states, continuation) = AsyncStream.makeStream(of: ProviderState.self)
        provider.health.onChange { continuation.yield($0) }
        return states
    }

    @Test("Memory and storage serve, the provider is degraded, and it recovers by itself")
    func absent() async throws {
        try await Rig.with { rig in
            let registry = PrometheusRegistry()
            let log = CollectedLog()
            let health = ProviderHealth(.tiered, logger: Logger(label: "test") { _ in log }, metrics: registry)
            let provider = try await HierarchyProvider.start(rig.settings(.tiered), health: health)
            var states = Self.states(of: provider).makeAsyncIterator()
            let session = provider.makeSession()
            try await session.write("k", [1], tags: [])
            try await eventually("L1 serves") { try await session.read("k").layer == .l1 }
            guard case .degraded(let reason)? = await states.next() else {
                Issue.record("nothing was said of the missing Redis")
                return
            }
            #expect(reason.contains(rig.folder))
            #expect(provider.state == .degraded(reason: reason))
            #expect(registry.page().contains(#"cache_provider_degraded{provider="tiered"} 1"#))
            #expect(log.levels == [.warning])
            try await rig.withRedis {
                // No task reads or writes meanwhile.
                #expect(await states.next() == .serving)
                #expect(registry.page().contains(#"cache_provider_degraded{provider="tiered"} 0"#))
                #expect(log.levels == [.warning, .notice])
                let other = try await HierarchyProvider.start(rig.settings(.redis))
                let reader = other.makeSession()
                try await session.write("k", [2], tags: [])
                try await eventually("Redis serves") { try await reader.read("k").layer == .redis }
                #expect(try await reader.read("k").value == [2])
                await other.close()
            }
            try await eventually("the loss of Redis is noticed") {
                try await session.write("k", [3], tags: [])
                #expect(try await session.read("k").value == [3])
                return provider.state != .serving
            }
            guard case .degraded? = await states.next() else {
                Issue.record("nothing was said of the lost Redis")
                return
            }
            let losses = log.levels.count { $0 == .warning }
            #expect(losses >= 2)
            #expect(registry.page().contains(#"cache_provider_degradations_total{provider="tiered"} \#(losses)"#))
            await provider.close()
        }
    }

    @Test("All providers of a process share one Redis manager")
    func oneManager() async throws {
        try await Rig.with { rig in
            try await rig.withRedis {
                let manager = try RedisManager.shared(rig.settings(.redis).redis!)
                try await manager.waitForAnswer()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            let provider = try await HierarchyProvider.start(rig.settings(.redis))
                            try await provider.makeSession().write("k\(number)", [1], tags: [])
                            _ = try await provider.makeSession().read("k\(number)")
                            await provider.close()
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(manager.connectionCount == 1)
                let audit = try await manager.audit()
                #expect(audit.isClean && audit.own.count == 1)
            }
        }
    }

    @Test("A value is decoded once while it stays the same")
    func decoding() async throws {
        try await Rig.with { rig in
            let provider = try await HierarchyProvider.start(rig.settings(.memory))
            let session = provider.makeSession()
            var decoded = 0
            let reader = DecodedReader(session) { bytes in
                decoded += 1
                return String(decoding: bytes, as: UTF8.self)
            }
            #expect(try await reader.read("k") == nil)
            for (number, text) in ["a", "b"].enumerated() {
                try await session.write("k", Array(text.utf8), tags: [])
                // The storage's row of the write may remove the entry once more.
                try await eventually("the decoded value is kept") {
                    let before = decoded
                    let isRight = try await reader.read("k") == text
                    return isRight && decoded == before
                }
                #expect(decoded > number, "\(text)")
            }
            try await session.delete("k")
            #expect(try await reader.read("k") == nil)
            await provider.close()
        }
    }
}

/// A log handler that stores the levels of its messages.
final class CollectedLog: LogHandler {
    private let collected = Lock<[Logger.Level]>([])

    var levels: [Logger.Level] { collected.withLock { $0 } }

    func log(event: LogEvent) { collected.withLock { $0.append(event.level) } }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set { _ = newValue }
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set { _ = newValue }
    }
    var logLevel: Logger.Level {
        get { .trace }
        set { _ = newValue }
    }
}
