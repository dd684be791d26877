import CacheHierarchy
import History
import Testing

@Suite("What cannot be announced is announced later")
struct PostponedTests {
    /// Ends an outage for one instance, and returns when it has announced what it owed.
    private static func reconnect(_ number: Int, in cluster: TestCluster) async throws {
        let instance = cluster.instances[number]
        cluster.shared.cut(instance.id)
        cluster.shared.restore(instance.id)
        while instance.hasUnannouncedWrites || !instance.isTrusted { await Task.yield() }
        try await cluster.settle()
    }

    @Test("A second outage is held like the first: the writer reads what it wrote")
    func twice() async throws {
        try await TestCluster.with(propagation: .announced) { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            try await workers[0].write("k", [1])
            for value in 2...4 as ClosedRange<UInt8> {
                for worker in workers { _ = try await worker.read("k") }
                cluster.shared.failAnnouncements(true)
                let receipt = try await workers[0].write("k", [value])
                #expect(receipt.time == nil)
                let own = try await workers[0].read("k")
                #expect(own.value == [value])
                #expect(own.layer == .origin)
                cluster.shared.failAnnouncements(false)
                try await Self.reconnect(0, in: cluster)
                for worker in workers { #expect(try await worker.read("k").value == [value]) }
                // And it is kept again.
                #expect(try await workers[0].read("k").layer == .l1)
            }
        }
    }

    @Test("What one instance announces late releases nothing of another that has not announced yet")
    func ownHolds() async throws {
        try await TestCluster.with(propagation: .announced) { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            cluster.shared.failAnnouncements(true)
            try await workers[0].write("k", [1])
            try await workers[1].write("k", [2])
            cluster.shared.dropEvents(of: cluster.instances[1].id, false)
            cluster.shared.failAnnouncements(false)
            try await Self.reconnect(0, in: cluster)
            #expect(cluster.instances[1].hasUnannouncedWrites)
            // It is kept nowhere of its own as long as the others have not been told.
            for _ in 0..<2 { #expect(try await workers[1].read("k").layer == .origin) }
            try await Self.reconnect(1, in: cluster)
            for worker in workers { #expect(try await worker.read("k").value == [2]) }
        }
    }

    static let invalidations: [(keys: [String], tags: [String])] = [(["k"], []), ([], ["t"]), (["k"], ["t"])]

    @Test(
        "An invalidation does not fail: its instance obeys it at once, the others when they are told",
        arguments: invalidations)
    func invalidation(keys: [String], tags: [String]) async throws {
        try await TestCluster.with(propagation: .announced) { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            try await workers[0].write("k", [1], tags: ["t"])
            try await cluster.settle()
            for worker in workers {
                _ = try await worker.read("k")
                #expect(try await worker.read("k").layer == .l1)
            }
            cluster.shared.failAnnouncements(true)
            let receipt = try await workers[0].invalidate(keys: keys, tags: tags)
            #expect(receipt.time == nil && !receipt.isAcknowledged)
            #expect(cluster.instances[0].hasUnannouncedWrites)
            // Redis still has the entry, and nobody has told it.
            for _ in 0..<2 { #expect(try await workers[0].read("k").layer == .origin) }
            #expect(try await workers[1].read("k").layer == .l1)
            cluster.shared.failAnnouncements(false)
            try await Self.reconnect(0, in: cluster)
            #expect(workers[1].inspect("k") == nil)
            for instance in cluster.instances { #expect(try await cluster.holders(of: "k", in: instance).isEmpty) }
            _ = try await workers[0].read("k")
            #expect(try await workers[0].read("k").layer == .l1)
        }
    }

    @Test("What is postponed while an earlier batch is being announced is announced as well")
    func meanwhile() async throws {
        try await TestCluster.with(propagation: .announced) { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            try await workers[0].write("k", [1])
            cluster.shared.failAnnouncements(true)
            try await workers[0].write("k", [2])
            cluster.shared.failAnnouncements(false)
            // The late announcement happens, and its answer is on its way for as long as the gate is shut.
            let answers = Gate()
            cluster.shared.holdUpAnswers(at: answers)
            cluster.shared.cut(cluster.instances[0].id)
            cluster.shared.restore(cluster.instances[0].id)
            await answers.waitForArrival()
            cluster.shared.holdUpAnswers(at: nil)
            _ = try await workers[1].read("k")
            cluster.shared.failAnnouncements(true)
            try await workers[0].write("k", [3])
            answers.open()
            cluster.shared.failAnnouncements(false)
            try await Self.reconnect(0, in: cluster)
            for worker in workers { #expect(try await worker.read("k").value == [3]) }
        }
    }
}
