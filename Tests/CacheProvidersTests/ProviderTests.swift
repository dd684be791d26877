import CacheHierarchy
import CacheProviders
import History
import RedisClient
import Subprocess
import TestSupport
import Testing

@Suite("Providers", .timeLimit(.minutes(5)))
struct ProviderTests {
    @Test("An update in one worker is visible in another, and in its own at once", arguments: ProviderKind.allCases)
    func updates(kind: ProviderKind) async throws {
        try await Rig.with { rig in
            try await rig.withRedis {
                let (first, second) = (
                    try await HierarchyProvider.start(rig.settings(kind)),
                    try await HierarchyProvider.start(rig.settings(kind))
                )
                let (writer, reader) = (first.makeSession(), second.makeSession())
                for round in 1...20 as ClosedRange<Int64> {
                    try await writer.write("k", Array("\(round)".utf8), tags: ["t"])
                    #expect(try await writer.read("k").version == round, "round \(round)")
                    try await eventually("the new value comes") { try await reader.read("k").version == round }
                }
                try await writer.delete("k")
                try await eventually("the deletion comes") { try await reader.read("k").value == nil }
                await first.close()
                await second.close()
            }
        }
    }

    @Test(
        "Each provider serves from its layers",
        arguments: [(ProviderKind.memory, Layer.l1), (.redis, .redis), (.tiered, .l1), (.none, .origin)])
    func layers(kind: ProviderKind, nearest: Layer) async throws {
        try await Rig.with { rig in
            try await rig.withRedis {
                let provider = try await HierarchyProvider.start(rig.settings(kind))
                let session = provider.makeSession()
                try await session.write("k", [1], tags: [])
                // On a machine that stands still a lease may expire, or Redis may not answer in time. Then the
                // storage serves.
                try await eventually("the nearest layer serves") { try await session.read("k").layer == nearest }
                for _ in 0..<10 {
                    let layer = try await session.read("k").layer
                    #expect((kind.layers + [.origin]).contains(layer), "\(kind): \(layer)")
                }
                await provider.close()
            }
        }
    }

    @Test("A write that bypasses every cache is noticed", arguments: ProviderKind.allCases)
    func bypass(kind: ProviderKind) async throws {
        try await Rig.with { rig in
            try await rig.withRedis {
                let provider = try await HierarchyProvider.start(rig.settings(kind))
                let session = provider.makeSession()
                try await session.write("k", [1], tags: [])
                try await eventually("the nearest layer serves") {
                    try await session.read("k").layer == kind.layers.first ?? .origin
                }
                let stranger = try SQLiteOrigin(path: rig.storage)
                _ = try await stranger.commit("k", value: [2], tags: [])
                // Without memory no older value is served, not even once.
                if !kind.layers.contains(.l2) { #expect(try await session.read("k").value == [2]) }
                try await eventually("the new value comes") { try await session.read("k").value == [2] }
                await provider.close()
            }
        }
    }

    @Test(
        "A worker killed between storage and cache leaves nobody with the old value", arguments: ProviderKind.allCases)
    func killed(kind: ProviderKind) async throws {
        try await Rig.with { rig in
            try await rig.withRedis {
                let witness = try await WorkerProcess.start(rig.environment(kind))
                for round in 1...3 {
                    let victim = try await WorkerProcess.start(rig.environment(kind))
                    let before = try await victim.ask("write k before-\(round)")
                    try await eventually("the value before comes") {
                        try await witness.ask("read k").hasSuffix("before-\(round)")
                    }
                    let cached = try await witness.ask("read k")
                    #expect(cached.hasPrefix(before + " "), "round \(round)")
                    victim.order("write-and-die k after-\(round)")
                    #expect(try await victim.end.value == .signaled(9), "round \(round)")
                    try await eventually("the value after comes") {
                        try await witness.ask("read k").hasSuffix("after-\(round)")
                    }
                }
                witness.stop()
                _ = try await witness.end.value
            }
        }
    }
}

extension RedisManager {
    /// Waits until the server, which has just started, answers.
    func waitForAnswer() async throws {
        try await eventually("Redis answers") { (try? await send(RedisCommand("PING"))) != nil }
    }
}
