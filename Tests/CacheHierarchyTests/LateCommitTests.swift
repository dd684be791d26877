import Support
import Testing

@testable import CacheHierarchy

/// The origin takes longer for a commit than the others keep nothing of its key.
@Suite("Commits that take longer than their holds")
struct LateCommitTests {
    /// Begins a write that the origin does not commit until the gate is opened, on a cluster that has read the old
    /// value everywhere.
    private func withLateCommit(
        on cluster: TestCluster, _ body: (_ reader: CacheWorker, _ gate: Gate) async throws -> Void
    ) async throws {
        let writer = cluster.instances[0].makeWorker()
        let reader = cluster.instances[1].makeWorker()
        try await writer.write("k", [1])
        try await cluster.settle()
        _ = try await reader.read("k")
        let gate = Gate()
        cluster.origin.holdUpCommits(at: gate)
        async let write = writer.write("k", [2])
        await gate.waitForArrival()
        try await body(reader, gate)
        gate.open()
        #expect(try await write.isAcknowledged)
        #expect(try await reader.read("k").value == [2])
    }

    @Test("What others have kept when the hold had run out is gone when the write returns")
    func lapsed() async throws {
        try await TestCluster.with { cluster in
            try await withLateCommit(on: cluster) { reader, _ in
                cluster.clock.advance(by: 6 * second)
                #expect(try await reader.read("k").value == [1])
                let holders = try await cluster.holders(of: "k", in: cluster.instances[1])
                #expect(holders == [.l2, .l3, .redis])
            }
        }
    }

    @Test("A sign of life renews the hold, and others go on to keep nothing")
    func renewed() async throws {
        try await TestCluster.with { cluster in
            try await withLateCommit(on: cluster) { reader, _ in
                for _ in 1...3 {
                    cluster.clock.advance(by: 3 * second)
                    await cluster.instances[0].renewHolds()
                    try await cluster.settle()
                }
                #expect(try await reader.read("k").value == [1])
                let holders = try await cluster.holders(of: "k", in: cluster.instances[1])
                #expect(holders.isEmpty, "\(holders)")
            }
            // Released, and not held again.
            #expect(try await !cluster.shared.isHeld("k"))
        }
    }

    @Test("A hold that is renewed while the write ends is released again")
    func renewedTooLate() async throws {
        try await TestCluster.with { cluster in
            try await withLateCommit(on: cluster) { _, gate in
                cluster.clock.advance(by: 3 * second)
                let answers = Gate()
                cluster.shared.holdUpAnnouncements(at: answers)
                async let renewal: Void = cluster.instances[0].renewHolds()
                await answers.waitForArrival()
                cluster.shared.holdUpAnnouncements(at: nil)
                gate.open()
                // Released before the renewal arrives.
                while try await cluster.shared.isHeld("k") { await Task.yield() }
                answers.open()
                await renewal
                #expect(try await !cluster.shared.isHeld("k"))
            }
        }
    }
}
