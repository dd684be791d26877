import History
import RedisClient
import Support
import Testing

@testable import CacheHierarchy

@Suite("The books of the bus, and what a reader of a stream is told")
struct BusTests {
    private static func stamped(_ time: Int64, by sender: String = "other") -> StampedInvalidation {
        StampedInvalidation(time: time, invalidation: Invalidation(sender: sender, wantsAcknowledgement: false))
    }

    @Test("Own announcements, duplicates and holes are counted, and duplicates are not taken again")
    func books() {
        var ledger = BusLedger(instance: "me")
        _ = ledger.take(Self.stamped(8))
        ledger.learn(time: 9, epoch: 5)
        var taken: [Bool] = []
        for time in [10, 11, 11, 10] as [Int64] { taken.append(ledger.take(Self.stamped(time))) }
        for announcement in [Self.stamped(12, by: "me"), Self.stamped(16)] { taken.append(ledger.take(announcement)) }
        #expect(taken == [true, true, false, false, true, true])
        ledger.published()
        ledger.lostConnection()
        ledger.distrusted()
        ledger.caughtUp()
        ledger.applied(upTo: 16)
        ledger.applied(upTo: 12)
        var expected = BusCounts()
        (expected.published, expected.received, expected.ownFiltered) = (1, 4, 1)
        (expected.duplicatesFiltered, expected.gaps, expected.lost) = (2, 1, 3)
        (expected.disconnections, expected.distrusted, expected.caughtUp, expected.applied) = (1, 1, 1, 16)
        #expect(ledger.counts == expected)
        #expect((expected + expected).lost == 6)
    }

    @Test(
        "The leap to another epoch is no loss, whether the epoch is told before its announcements or after",
        arguments: [(1001, true, 0), (1001, false, 0), (1004, true, 3), (1004, false, 3)] as [(Int64, Bool, Int)])
    func leap(first: Int64, isToldBefore: Bool, lost: Int) {
        var ledger = BusLedger(instance: "me")
        ledger.learn(time: 1, epoch: 1)
        _ = ledger.take(Self.stamped(2))
        if isToldBefore { ledger.learn(time: 1000, epoch: 1000) }
        _ = ledger.take(Self.stamped(first))
        if !isToldBefore { ledger.learn(time: first, epoch: 1000) }
        #expect(ledger.counts.lost == lost)
        #expect(ledger.counts.gaps == (lost == 0 ? 0 : 1))
    }

    private static let loss = StreamNotice.disconnected(RedisError(.connectionLost, "lost"))

    @Test(
        "A stream goes on where it was, unless something was trimmed or it is another one: then something is missed",
        arguments: [
            ([loss, .resubscribed], "disconnected resumed"),
            ([loss, .trimmed(entries: 3), .resubscribed], "disconnected reconnected"),
            ([loss, .replaced, .resubscribed, loss, .resubscribed], "disconnected reconnected disconnected resumed"),
            ([.trimmed(entries: 3)], "disconnected reconnected"),
            ([.replaced, loss, .resubscribed], "disconnected reconnected disconnected resumed"),
        ] as [([StreamNotice], String)])
    func continuity(notices: [StreamNotice], words: String) {
        var continuity = StreamContinuity()
        var events: [SharedTierEvent] = []
        for notice in notices { events += continuity.events(for: notice) }
        #expect(events.map { "\($0)" }.joined(separator: " ") == words)
    }
}

/// What an instance does that was away from a stream.
@Suite("An instance catches up with a stream")
struct CatchingUpTests {
    /// Both instances hold `k` and `other`, instance 2 is cut off, `k` is written, and instance 2 is back.
    private func away(
        _ propagation: HierarchyConfiguration.Propagation = .announced, defects: Set<Defect> = [],
        _ body: (TestCluster, CacheWorker, _ follow: @Sendable () -> Void) async throws -> Void
    ) async throws {
        try await TestCluster.with(propagation: propagation, defects: defects) { cluster in
            let worker = cluster.instances[1].makeWorker()
            let writer = cluster.instances[0].makeWorker()
            for key in ["k", "other"] { try await writer.write(key, [1]) }
            try await cluster.settle()
            for key in ["k", "other"] { _ = try await worker.read(key) }
            cluster.shared.cut("i2")
            try await writer.write("k", [2])
            #expect(try await worker.read("k").value == [2])
            #expect(try await worker.read("other").layer == .origin)
            try await body(cluster, worker, cluster.shared.resume("i2"))
        }
    }

    private func eventually(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    @Test("It applies what it has missed and keeps the rest, and serves nothing before", .timeLimit(.minutes(10)))
    func keeps() async throws {
        try await away { cluster, worker, follow in
            let instance = cluster.instances[1]
            await eventually { instance.withState { $0.lease.catchUp.isUnderWay } }
            #expect(!instance.isTrusted)
            let before = try await worker.read("other").layer
            #expect(before == .origin)
            follow()
            await eventually { instance.isTrusted }
            #expect(try await worker.read("k").value == [2])
            let after = try await worker.read("other").layer
            #expect(after < .redis)
            let counts = instance.busCounts
            #expect([counts.disconnections, counts.caughtUp, counts.distrusted, counts.lost] == [1, 1, 0, 0])
        }
    }

    @Test("What has not come within half a lease is given up: everything older is dropped", .timeLimit(.minutes(10)))
    func givesUp() async throws {
        try await away { cluster, worker, _ in
            let instance = cluster.instances[1]
            await eventually { instance.withState { $0.lease.catchUp.isUnderWay } }
            instance.giveUpCatchingUp()
            #expect(!instance.isTrusted && instance.withState { $0.lease.catchUp.isUnderWay })
            cluster.clock.advance(by: 50_001 * second)
            instance.giveUpCatchingUp()
            await eventually { instance.isTrusted }
            let value = try await worker.read("k").value
            #expect(value == [2])
            #expect(instance.busCounts.distrusted == 1)
        }
    }

    @Test("A second loss while it catches up begins anew", .timeLimit(.minutes(10)))
    func twice() async throws {
        try await away { cluster, worker, follow in
            let instance = cluster.instances[1]
            await eventually { instance.withState { $0.lease.catchUp.isUnderWay } }
            cluster.shared.cut("i2")
            follow()
            let time = try await cluster.shared.logicalTime()
            await instance.waitUntilApplied(time, deadline: .max)
            #expect(!instance.isTrusted)
            cluster.shared.resume("i2")()
            await eventually { instance.isTrusted }
            #expect(try await worker.read("k").value == [2])
            #expect(instance.busCounts.distrusted == 0)
        }
    }

    @Test(
        "One that reads on from the end serves what it should have dropped: the defect shows", .timeLimit(.minutes(10)))
    func forgottenPosition() async throws {
        try await away(defects: [.forgottenPosition]) { cluster, worker, follow in
            follow()
            await eventually { cluster.instances[1].isTrusted }
            // Not by the worker who remembers that it was given the new value.
            let value = try await cluster.instances[1].makeWorker().read("k").value
            #expect(value == [1])
        }
    }

    @Test("An acknowledged write goes on when the instance that was away has read its hold", .timeLimit(.minutes(10)))
    func hold() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[1].makeWorker()
            _ = try await worker.read("k")
            let gate = Gate()
            cluster.shared.holdUpAnnouncements(at: gate)
            async let write = cluster.instances[0].makeWorker().write("k", [2])
            await gate.waitForArrival()
            cluster.shared.cut("i2")
            cluster.shared.holdUpAnnouncements(at: nil)
            gate.open()
            while try await !cluster.shared.isHeld("k") { await Task.yield() }
            cluster.shared.resume("i2")()
            #expect(try await write.isAcknowledged)
            #expect(try await worker.read("k").value == [2])
        }
    }
}
