import CacheHierarchy
import History
import Testing

@Suite("The hierarchy stays coherent")
struct CoherenceTests {
    @Test("A read fills every layer on its way in, and the next one is served by L1")
    func readFillsEveryLayer() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[0].makeWorker()
            try await worker.write("k", [1], tags: [])
            #expect(try await worker.read("k").layer == .origin)
            #expect(try await cluster.holders(of: "k", in: cluster.instances[0]) == [.l2, .l3, .redis])
            let second = try await worker.read("k")
            #expect(second.layer == .l1)
            #expect(second.value == [1])
            let other = cluster.instances[1].makeWorker()
            #expect(try await other.read("k").layer == .redis)
            #expect(cluster.origin.loads(of: "k") == 1)
        }
    }

    @Test("A write is gone from every layer of every instance when it returns")
    func writeReachesEverywhere() async throws {
        try await TestCluster.with(instances: 3) { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            try await workers[0].write("k", [1], tags: [])
            try await cluster.settle()
            for worker in workers {
                _ = try await worker.read("k")
                #expect(try await worker.read("k").layer == .l1)
            }
            let receipt = try await workers[0].write("k", [2], tags: [])
            #expect(receipt.isAcknowledged)
            for (worker, instance) in zip(workers, cluster.instances) {
                #expect(worker.inspect("k") == nil)
                #expect(try await cluster.holders(of: "k", in: instance).isEmpty)
            }
            for worker in workers { #expect(try await worker.read("k").value == [2]) }
        }
    }

    @Test("A deletion is a version of its own, and is cached as such")
    func deletion() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[0].makeWorker()
            try await worker.write("k", [1], tags: [])
            try await worker.delete("k")
            let first = try await worker.read("k")
            #expect(first.value == nil)
            #expect(first.version == 2)
            #expect(try await worker.read("k").layer == .l1)
            #expect(cluster.origin.loads(of: "k") == 1)
        }
    }

    @Test("Invalidating a tag takes the whole group and nothing else")
    func tags() async throws {
        try await TestCluster.with { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            for (key, tags) in [("a", ["x"]), ("b", ["x", "y"]), ("c", ["y"]), ("d", [])] {
                try await workers[0].write(key, [1], tags: tags)
                try await cluster.settle()
                for worker in workers { _ = try await worker.read(key) }
            }
            try await workers[1].invalidate(tags: ["x"])
            for (worker, instance) in zip(workers, cluster.instances) {
                for key in ["a", "b"] {
                    #expect(worker.inspect(key) == nil)
                    #expect(try await cluster.holders(of: key, in: instance).isEmpty)
                }
                for key in ["c", "d"] {
                    #expect(worker.inspect(key) != nil)
                    #expect(try await cluster.holders(of: key, in: instance) == [.l2, .l3, .redis])
                }
            }
            _ = try await workers[0].read("a")
            #expect(try await workers[0].read("a").layer == .l1)
        }
    }

    /// The reader misses and loads version 1; the writer commits version 2 and invalidates; the reader fills version 1.
    private func slowFill(_ cluster: TestCluster) async throws -> CacheReading {
        let gate = Gate()
        let instance = cluster.instances[0]
        try await cluster.instances[1].makeWorker().write("k", [1], tags: [])
        try await cluster.settle()
        cluster.origin.holdUpLoads(of: "k", at: gate)
        async let slow = instance.makeWorker().read("k")
        await gate.waitForArrival()
        cluster.origin.holdUpLoads(of: "k", at: nil)
        try await cluster.instances[1].makeWorker().write("k", [2], tags: [])
        // A release that came later would drop what the slow fill leaves behind.
        try await cluster.settle()
        gate.open()
        #expect(try await slow.version == 1)
        return try await instance.makeWorker().read("k")
    }

    @Test(
        "A fill that was overtaken by an invalidation is refused",
        arguments: HierarchyConfiguration.Propagation.allCases)
    func overtakenFill(_ propagation: HierarchyConfiguration.Propagation) async throws {
        try await TestCluster.with(propagation: propagation) { cluster in
            let version = try await slowFill(cluster).version
            #expect(version == 2)
        }
    }

    @Test("Without the lease the overtaken fill is served: the defect shows")
    func overtakenFillWithDefect() async throws {
        try await TestCluster.with(defects: [.staleFill]) { cluster in
            let version = try await slowFill(cluster).version
            #expect(version == 1)
        }
    }

    @Test("A load that began before an invalidation is not joined by whoever comes after it")
    func lateJoiner() async throws {
        try await TestCluster.with { cluster in
            let gate = Gate()
            let instance = cluster.instances[0]
            try await instance.makeWorker().write("k", [1], tags: ["t"])
            try await cluster.settle()
            cluster.origin.holdUpLoads(of: "k", at: gate)
            async let early = instance.makeWorker().read("k")
            await gate.waitForArrival()
            cluster.origin.holdUpLoads(of: "k", at: nil)
            try await cluster.instances[1].makeWorker().invalidate(tags: ["t"])
            _ = try await instance.makeWorker().read("k")
            #expect(cluster.origin.loads(of: "k") == 2)
            gate.open()
            _ = try await early
        }
    }

    @Test("Readers of one missing key share one load of the origin")
    func sharedLoad() async throws {
        try await TestCluster.with { cluster in
            let gate = Gate()
            let instance = cluster.instances[0]
            cluster.origin.holdUpLoads(of: "k", at: gate)
            try await withThrowingTaskGroup { group in
                for _ in 0..<10 { group.addTask { _ = try await instance.makeWorker().read("k") } }
                await gate.waitForArrival()
                gate.open()
                try await group.waitForAll()
            }
            #expect(cluster.origin.loads(of: "k") == 1)
        }
    }

    @Test("An inner layer keeps nothing longer than the layer it was filled from")
    func lifetimes() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[0].makeWorker()
            _ = try await worker.read("k")
            cluster.clock.advance(by: 61 * second)
            #expect(worker.inspect("k") == nil)
            #expect(try await worker.read("k").layer == .l2)
            cluster.clock.advance(by: 240 * second)
            #expect(try await worker.read("k").layer == .l3)
            cluster.clock.advance(by: 3290 * second)
            #expect(try await worker.read("k").layer == .l3)
            // Nine seconds are left of the hour; L1 and L2 were filled just now and would keep it for a minute and more.
            cluster.clock.advance(by: 10 * second)
            #expect(worker.inspect("k") == nil)
            #expect(try await worker.read("k").layer == .origin)
        }
    }

    @Test("With inverted lifetimes an inner layer outlives the outer one: the defect shows")
    func invertedLifetimes() async throws {
        try await TestCluster.with(defects: [.lifetimeInversion]) { cluster in
            let worker = cluster.instances[0].makeWorker()
            _ = try await worker.read("k")
            cluster.clock.advance(by: 3595 * second)
            _ = try await worker.read("k")
            cluster.clock.advance(by: 10 * second)
            #expect(try await worker.read("k").layer == .l1)
        }
    }

    @Test("An instance whose lease has run out goes to the origin and serves nothing of its own")
    func lapsedLease() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[0].makeWorker()
            _ = try await worker.read("k")
            #expect(try await worker.read("k").layer == .l1)
            cluster.clock.advance(by: 95_000 * second)
            #expect(!cluster.instances[0].isTrusted)
            #expect(try await worker.read("k").layer == .origin)
            #expect(try await cluster.holders(of: "k", in: cluster.instances[0]).isEmpty)
        }
    }

    @Test("A write that cannot be committed leaves nothing held up, and says so")
    func failedCommit() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[0].makeWorker()
            try await worker.write("k", [1], tags: [])
            cluster.origin.fail(true)
            await #expect(throws: CacheError.self) { try await worker.write("k", [2], tags: []) }
            cluster.origin.fail(false)
            _ = try await worker.read("k")
            #expect(try await worker.read("k").layer == .l1)
        }
    }

    @Test("A stopped instance says so")
    func stopped() async throws {
        try await TestCluster.with { cluster in
            let worker = cluster.instances[0].makeWorker()
            await cluster.instances[0].stop()
            await #expect(throws: CacheError.self) { try await worker.write("k", [1], tags: []) }
            await #expect(throws: CacheError.self) { try await worker.read("k") }
        }
    }

    @Test("Every combination of layers serves, invalidates and refills", arguments: 1..<16)
    func everyCombination(_ bits: Int) async throws {
        let layers = TestCluster.fourLayers.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element)
        try await TestCluster.with(layers: layers) { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            try await workers[0].write("k", [1], tags: ["t"])
            try await cluster.settle()
            for worker in workers { _ = try await worker.read("k") }
            #expect(try await workers[1].read("k").layer == layers[0].layer)
            try await workers[0].write("k", [2], tags: ["t"])
            try await cluster.settle()
            for worker in workers { #expect(try await worker.read("k").version == 2) }
            try await workers[1].invalidate(tags: ["t"])
            for (worker, instance) in zip(workers, cluster.instances) {
                #expect(worker.inspect("k") == nil)
                #expect(try await cluster.holders(of: "k", in: instance).isEmpty)
            }
        }
    }

    @Test("Warming fills L2 with the present values")
    func warming() async throws {
        try await TestCluster.with { cluster in
            let keys = (0..<50).map { "k\($0)" }
            let result = await cluster.instances[0].warm(keys)
            #expect(result.warmed == 50)
            #expect(result.missed == 0)
            for key in keys {
                let layer = try await cluster.instances[0].makeWorker().read(key).layer
                #expect(layer == .l2)
            }
        }
    }

    /// The reader misses a tagged key and loads it; the tag is invalidated; the load arrives. Is a load needed afterwards?
    private func loadsAfterTagInvalidation(_ cluster: TestCluster) async throws -> Int {
        let gate = Gate()
        let instance = cluster.instances[0]
        try await cluster.instances[1].makeWorker().write("k", [1], tags: ["t"])
        try await cluster.settle()
        cluster.origin.holdUpLoads(of: "k", at: gate)
        async let slow = instance.makeWorker().read("k")
        await gate.waitForArrival()
        cluster.origin.holdUpLoads(of: "k", at: nil)
        try await cluster.instances[1].makeWorker().invalidate(tags: ["t"])
        gate.open()
        _ = try await slow
        let before = cluster.origin.loads(of: "k")
        _ = try await instance.makeWorker().read("k")
        return cluster.origin.loads(of: "k") - before
    }

    @Test("An entry that was loading while its tag was invalidated is not kept")
    func tagDuringLoad() async throws {
        try await TestCluster.with { cluster in
            let loads = try await loadsAfterTagInvalidation(cluster)
            #expect(loads == 1)
        }
    }

    @Test("With its logical time taken after the load it is kept: the defect shows")
    func tagDuringLoadWithDefect() async throws {
        try await TestCluster.with(defects: [.tagTimeAfterLoad]) { cluster in
            let loads = try await loadsAfterTagInvalidation(cluster)
            #expect(loads == 0)
        }
    }

    /// The writer is on its way from its own layers to Redis (or the other way round) when a reader of the same instance
    /// comes by. What does the next reader get after the invalidation, in either order of Redis' answer and the message of
    /// the bus?
    private func loadsAfterInvalidationMetByReader(_ cluster: TestCluster, messageFirst: Bool) async throws -> Int {
        let (gate, answerGate) = (Gate(), Gate())
        let instance = cluster.instances[0]
        _ = try await instance.makeWorker().read("k")
        // As always in a cluster that is in use, something else has been announced since.
        try await instance.makeWorker().invalidate(keys: ["other"])
        try await cluster.settle()
        cluster.shared.holdUpAnnouncements(at: gate)
        if messageFirst { cluster.shared.holdUpAnswers(at: answerGate) }
        async let invalidation = instance.makeWorker().invalidate(keys: ["k"])
        await gate.waitForArrival()
        _ = try await instance.makeWorker().read("k")
        gate.open()
        if messageFirst {
            await answerGate.waitForArrival()
            try await cluster.settle()
            answerGate.open()
        }
        _ = try await invalidation
        let before = cluster.origin.loads(of: "k")
        _ = try await instance.makeWorker().read("k")
        return cluster.origin.loads(of: "k") - before
    }

    @Test("Whoever reads during an invalidation does not bring the old value back", arguments: [false, true])
    func readerDuringInvalidation(messageFirst: Bool) async throws {
        try await TestCluster.with(instances: 1) { cluster in
            let loads = try await loadsAfterInvalidationMetByReader(cluster, messageFirst: messageFirst)
            #expect(loads == 1)
        }
    }

    @Test(
        "With the inner layers dropped first a reader refills them from the outer ones: the defect shows",
        arguments: [false, true])
    func readerDuringInvalidationWithDefect(messageFirst: Bool) async throws {
        try await TestCluster.with(
            instances: 1, layers: [TestCluster.fourLayers[1], TestCluster.fourLayers[3]], defects: [.wrongLayerOrder]
        ) { cluster in
            let loads = try await loadsAfterInvalidationMetByReader(cluster, messageFirst: messageFirst)
            #expect(loads == 0)
        }
    }

    /// Instance 1 is cut off; somebody writes; the connection is back. What does a worker of instance 1 read, while cut
    /// off and after?
    private func readsAroundDisconnection(_ cluster: TestCluster) async throws -> [Int64] {
        let worker = cluster.instances[1].makeWorker()
        let writer = cluster.instances[0].makeWorker()
        try await writer.write("k", [1], tags: [])
        try await cluster.settle()
        _ = try await worker.read("k")
        #expect(try await worker.read("k").layer == .l1)
        cluster.shared.cut("i2")
        try await writer.write("k", [2], tags: [])
        let during = try await worker.read("k").version
        cluster.shared.restore("i2")
        while !cluster.instances[1].isTrusted { await Task.yield() }
        return [during, try await worker.read("k").version]
    }

    @Test("What was missed while disconnected is not served, neither meanwhile nor afterwards")
    func disconnection() async throws {
        try await TestCluster.with(propagation: .announced) { cluster in
            let versions = try await readsAroundDisconnection(cluster)
            #expect(versions == [2, 2])
        }
    }

    @Test("With what was kept while disconnected trusted, the old value is served: the defect shows")
    func disconnectionWithDefect() async throws {
        try await TestCluster.with(propagation: .announced, defects: [.missedWhileDisconnected]) { cluster in
            let versions = try await readsAroundDisconnection(cluster)
            #expect(versions == [1, 1])
        }
    }

    @Test(
        "An acknowledged write goes on when the instance whose hold was lost on the way is back",
        .timeLimit(.minutes(10)))
    func lostHold() async throws {
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
            // The hold is announced, and instance 2 does not hear it.
            while try await !cluster.shared.isHeld("k") { await Task.yield() }
            cluster.shared.restore("i2")
            #expect(try await write.isAcknowledged)
            #expect(try await worker.read("k").value == [2])
        }
    }

    @Test("A worker that cannot announce its write does not read the old value, however current that claims to be")
    func postponedWrite() async throws {
        try await TestCluster.with(propagation: .announced) { cluster in
            let worker = cluster.instances[0].makeWorker()
            try await worker.write("k", [1])
            try await cluster.settle()
            // Instance 1 does not hear of these, and so keeps an entry that is current as of a time ahead of its own.
            cluster.shared.dropEvents(of: "i1", true)
            for other in 0..<3 { try await cluster.instances[1].makeWorker().write("other \(other)", [0]) }
            _ = try await worker.read("k")
            #expect(try await worker.read("k").layer == .l1)
            cluster.shared.failAnnouncements(true)
            #expect(try await worker.write("k", [2]).time == nil)
            #expect(try await worker.read("k").value == [2])
            cluster.shared.failAnnouncements(false)
        }
    }
}
