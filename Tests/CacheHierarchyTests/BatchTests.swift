import CacheHierarchy
import History
import Simulation
import TestSupport
import Testing

@Suite("A batch of reads gives what single reads give")
struct BatchTests {
    private static func names(_ count: Int) -> [String] { (0..<count).map { "k\($0)" } }

    private static func seed(_ cluster: TestCluster, _ keys: [String]) async throws {
        for key in keys { _ = try await cluster.origin.commit(key, value: Array(key.utf8), tags: ["all"]) }
    }

    @Test("Keys are answered in their order, each is loaded once, and the origin is asked once for a hundred of them")
    func order() async throws {
        try await TestCluster.with { cluster in
            let keys = Self.names(250)
            try await Self.seed(cluster, keys)
            let worker = cluster.instances[0].makeWorker()
            let asked = keys + ["missing", "k3", "missing", "k249"]
            let readings = try await worker.read(asked)
            #expect(readings.map(\.entry.key) == asked)
            #expect(readings.map(\.value) == asked.map { $0 == "missing" ? nil : Array($0.utf8) })
            #expect(readings.allSatisfy { $0.layer == .origin })
            #expect(cluster.origin.queries == 3)
            #expect(asked.allSatisfy { cluster.origin.loads(of: $0) == 1 })
            #expect(try await worker.read([String]()).isEmpty)
        }
    }

    @Test("Every layer that has some of the keys serves them, and the layers inside of it keep them")
    func layers() async throws {
        try await TestCluster.with(layers: TestCluster.roomyLayers) { cluster in
            let keys = Self.names(4)
            try await Self.seed(cluster, keys)
            let instance = cluster.instances[0]
            // k1 is in Redis alone, k2 in L2, L3 and Redis, k3 in all layers.
            _ = try await cluster.instances[1].makeWorker().read("k1")
            _ = try await instance.makeWorker().read("k2")
            let worker = instance.makeWorker()
            _ = try await worker.read("k3")
            let before = cluster.origin.queries
            #expect(try await worker.read(keys).map(\.layer) == [.origin, .redis, .l2, .l1])
            #expect(cluster.origin.queries == before + 1)
            for key in keys {
                #expect(try await cluster.holders(of: key, in: instance) == [.l2, .l3, .redis], "\(key)")
                #expect(worker.inspect(key) != nil, "\(key)")
            }
        }
    }

    @Test("Whoever asks for one key of a batch that is being loaded waits for it, and a batch waits for a single load")
    func joining() async throws {
        try await TestCluster.with(instances: 1) { cluster in
            let keys = Self.names(3)
            try await Self.seed(cluster, keys)
            let (single, batch) = (Gate(), Gate())
            cluster.origin.holdUpLoads(of: "k0", at: single)
            cluster.origin.holdUpLoads(of: "k1", at: batch)
            let instance = cluster.instances[0]
            async let first = instance.makeWorker().read("k0")
            await single.waitForArrival()
            async let all = instance.makeWorker().read(keys)
            await batch.waitForArrival()
            async let joiner = instance.makeWorker().read("k2")
            batch.open()
            // The batch waits for k0 with its own keys landed.
            #expect(try await joiner.version == 1)
            single.open()
            #expect(try await all.map(\.version) == [1, 1, 1])
            #expect(try await first.version == 1)
            #expect(keys.allSatisfy { cluster.origin.loads(of: $0) == 1 })
        }
    }

    @Test("A batch whose load fails says so, and lets those go who waited for one of its keys")
    func failing() async throws {
        try await TestCluster.with(instances: 1) { cluster in
            try await Self.seed(cluster, Self.names(3))
            let gate = Gate()
            let instance = cluster.instances[0]
            _ = try await instance.makeWorker().read("k0")
            cluster.origin.holdUpLoads(of: "k1", at: gate)
            cluster.origin.failHeldUpLoads(true)
            let batch = Task { try await instance.makeWorker().read(Self.names(3)) }
            await gate.waitForArrival()
            async let joiner = instance.makeWorker().read("k2")
            gate.open()
            let failure = await #expect(throws: CacheError.self) { try await batch.value }
            #expect(failure?.code == .originFailed)
            #expect(try await joiner.version == 1)
            cluster.origin.holdUpLoads(of: "k1", at: nil)
            cluster.origin.failHeldUpLoads(false)
            #expect(try await instance.makeWorker().read(Self.names(3)).map(\.version) == [1, 1, 1])
        }
    }

    @Test("A batch whose reader is cancelled lands all the same")
    func cancelling() async throws {
        try await TestCluster.with(instances: 1) { cluster in
            try await Self.seed(cluster, Self.names(3))
            let gate = Gate()
            cluster.origin.holdUpLoads(of: "k1", at: gate)
            let instance = cluster.instances[0]
            let batch = Task { try await instance.makeWorker().read(Self.names(3)) }
            await gate.waitForArrival()
            async let joiner = instance.makeWorker().read("k2")
            batch.cancel()
            gate.open()
            _ = await batch.result
            #expect(try await joiner.version == 1)
            #expect(try await instance.makeWorker().read(Self.names(3)).map(\.version) == [1, 1, 1])
        }
    }

    /// One of three keys is written while a batch loads them.
    /// - Returns: the versions that the next batch reads, and how many loads it needs.
    private func afterWriteDuringLoad(_ cluster: TestCluster) async throws -> (versions: [Int64], loads: [Int]) {
        let keys = Self.names(3)
        try await Self.seed(cluster, keys)
        let gate = Gate()
        cluster.origin.holdUpLoads(of: "k1", at: gate)
        let instance = cluster.instances[0]
        async let batch = instance.makeWorker().read(keys)
        await gate.waitForArrival()
        try await cluster.instances[1].makeWorker().write("k1", [2], tags: ["other"])
        try await cluster.settle()
        cluster.origin.holdUpLoads(of: "k1", at: nil)
        gate.open()
        #expect(try await batch.map(\.version) == [1, 1, 1])
        let before = keys.map { cluster.origin.loads(of: $0) }
        let versions = try await instance.makeWorker().read(keys).map(\.version)
        return (versions, zip(keys, before).map { cluster.origin.loads(of: $0) - $1 })
    }

    @Test("A key that is written while a batch loads it is not kept, and the other keys are")
    func overtaken() async throws {
        try await TestCluster.with { cluster in
            let (versions, loads) = try await afterWriteDuringLoad(cluster)
            #expect(versions == [1, 2, 1])
            #expect(loads == [0, 1, 0])
        }
    }

    @Test("With one token for the batch, taken after its load, the old value is kept: the defect shows")
    func overtakenWithDefect() async throws {
        try await TestCluster.with(defects: [.batchToken]) { cluster in
            let (versions, loads) = try await afterWriteDuringLoad(cluster)
            #expect(versions == [1, 1, 1])
            #expect(loads == [0, 0, 0])
        }
    }

    @Test("A key that is held is read from the origin and not kept; the other keys are")
    func held() async throws {
        try await TestCluster.with { cluster in
            let keys = Self.names(3)
            try await Self.seed(cluster, keys)
            let hold = Invalidation(action: .hold("h"), keys: ["k1"], sender: "i9", wantsAcknowledgement: false)
            _ = try await cluster.shared.announce(hold)
            try await cluster.settle()
            let worker = cluster.instances[0].makeWorker()
            #expect(try await worker.read(keys).map(\.version) == [1, 1, 1])
            #expect(try await cluster.holders(of: "k0", in: cluster.instances[0]) == [.l2, .l3, .redis])
            #expect(try await cluster.holders(of: "k1", in: cluster.instances[0]) == [])
            #expect(worker.inspect("k1") == nil)
        }
    }

    @Test("A stopped instance says so")
    func stopped() async throws {
        try await TestCluster.with(instances: 1) { cluster in
            let worker = cluster.instances[0].makeWorker()
            await cluster.instances[0].stop()
            let failure = await #expect(throws: CacheError.self) { try await worker.read(["a", "b"]) }
            #expect(failure?.code == .stopped)
        }
    }

    @Test("Warming in batches keeps every key once, however often it is named")
    func warming() async throws {
        try await TestCluster.with(instances: 2, layers: TestCluster.roomyLayers) { cluster in
            let keys = Self.names(450)
            try await Self.seed(cluster, keys)
            let first = await cluster.instances[0].warm(keys + ["k7", "k7"])
            #expect(first.warmed == 452 && first.missed == 0)
            #expect(cluster.origin.queries == 5)
            let second = await cluster.instances[1].warm(keys)
            #expect(second.warmed == 450)
            // What the first one has loaded the second one finds in the shared tier.
            #expect(cluster.origin.queries == 5)
            #expect(try await cluster.instances[1].makeWorker().read(keys).allSatisfy { $0.layer == .l2 })
        }
    }
}

extension TestCluster {
    /// As ``fourLayers``, with room for a thousand entries.
    static let roomyLayers = fourLayers.map { layer in
        var layer = layer
        layer.capacity = 1000
        return layer
    }
}

/// What happens to a cluster, drawn at random.
private enum BatchStep: Sendable, CustomStringConvertible {
    case read(worker: Int, keys: [String])
    case write(worker: Int, key: String)
    case delete(worker: Int, key: String)
    case invalidate(worker: Int, keys: [String], tags: [String])
    case pass(seconds: Int64)
    case failOrigin(Bool)
    case failShared(Bool)
    case hold(String)
    case release(String)

    var description: String {
        switch self {
        case .read(let worker, let keys): "worker \(worker) reads \(keys)"
        case .write(let worker, let key): "worker \(worker) writes \(key)"
        case .delete(let worker, let key): "worker \(worker) deletes \(key)"
        case .invalidate(let worker, let keys, let tags): "worker \(worker) invalidates \(keys) \(tags)"
        case .pass(let seconds): "\(seconds) s pass"
        case .failOrigin(let fails): "origin fails: \(fails)"
        case .failShared(let fails): "shared tier fails: \(fails)"
        case .hold(let key): "\(key) is held"
        case .release(let key): "\(key) is released"
        }
    }
}

@Suite("Batches against single reads at random", .computing)
struct BatchRefereeTests {
    private static let keys = (0..<8).map { "k\($0)" }

    private static func step(_ random: inout SeededRandom) -> BatchStep {
        func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
        let worker = below(4)
        let key = keys[below(keys.count)]
        return switch below(40) {
        case 0..<20: .read(worker: worker, keys: keys.filter { _ in below(2) == 0 }.shuffled(using: &random))
        case 20..<27: .write(worker: worker, key: key)
        case 27: .delete(worker: worker, key: key)
        case 28..<31: .invalidate(worker: worker, keys: below(2) == 0 ? [key] : [], tags: below(2) == 0 ? ["odd"] : [])
        case 31, 32: .pass(seconds: [1, 59, 61, 301, 3601][below(5)])
        case 33: .failOrigin(true)
        case 34: .failOrigin(false)
        case 35: .failShared(true)
        case 36: .failShared(false)
        case 37: .hold(key)
        default: .release(key)
        }
    }

    /// A cluster with four workers, and how they read.
    private struct Subject {
        let cluster: TestCluster
        let workers: [CacheWorker]
        let readsInBatches: Bool
        var written = 0

        init(_ cluster: TestCluster, readsInBatches: Bool) {
            self.cluster = cluster
            workers = cluster.instances.flatMap { [$0.makeWorker(), $0.makeWorker()] }
            self.readsInBatches = readsInBatches
        }

        /// - Returns: what the step came to, in words.
        mutating func perform(_ step: BatchStep) async throws -> String {
            switch step {
            case .read(let worker, let keys): return await read(worker, keys)
            case .write(let worker, let key):
                written += 1
                let tags = key.utf8.last.map { $0 % 2 == 1 } == true ? ["odd"] : []
                return await told { try await workers[worker].write(key, [UInt8(written % 256)], tags: tags).version }
            case .delete(let worker, let key): return await told { try await workers[worker].delete(key).version }
            case .invalidate(let worker, let keys, let tags):
                return await told { try await workers[worker].invalidate(keys: keys, tags: tags).version }
            case .pass(let seconds): cluster.clock.advance(by: seconds * second)
            case .failOrigin(let fails): cluster.origin.fail(fails)
            case .failShared(let fails): cluster.shared.failEntries(fails)
            case .hold(let key): try await announce(.hold("of \(key)"), key)
            case .release(let key): try await announce(.release("of \(key)"), key)
            }
            return ""
        }

        private func announce(_ action: Invalidation.Action, _ key: String) async throws {
            _ = try await cluster.shared.announce(
                Invalidation(action: action, keys: [key], sender: "i9", wantsAcknowledgement: false))
        }

        private func told(_ body: () async throws -> Int64?) async -> String {
            do { return try await body().map { "version \($0)" } ?? "done" } catch { return "failed" }
        }

        private func read(_ worker: Int, _ keys: [String]) async -> String {
            if readsInBatches {
                guard let readings = try? await workers[worker].read(keys) else { return "failed" }
                return readings.map { Self.text($0) }.joined(separator: ", ")
            }
            var texts: [String] = []
            for key in keys {
                if let reading = try? await workers[worker].read(key) { texts.append(Self.text(reading)) }
            }
            return texts.count == keys.count ? texts.joined(separator: ", ") : "failed"
        }

        private static func text(_ reading: CacheReading) -> String {
            "\(reading.entry.key) \(reading.version) \(reading.value ?? []) from \(reading.layer)"
        }

        /// Which layers hold which version of each key.
        func contents() async throws -> String {
            var lines: [String] = []
            for instance in cluster.instances {
                for (layer, entries) in try await instance.inspect(keys).sorted(by: { $0.key < $1.key }) {
                    let held = entries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.version)" }
                    lines.append("\(instance.id) \(layer): \(held)")
                }
            }
            return lines.joined(separator: "\n")
        }
    }

    @Test(
        "The same random steps give the same readings from the same layers, and leave the same entries",
        arguments: 1...6 as ClosedRange<UInt64>)
    func referee(seed: UInt64) async throws {
        for tier in TestTier.allCases {
            let clusters = [try await Self.cluster(on: tier), try await Self.cluster(on: tier)]
            var failure: (any Error)?
            do { try await Self.compare(clusters, seed: seed) } catch { failure = error }
            for cluster in clusters { await cluster.stop() }
            if let failure { throw failure }
        }
    }

    private static func cluster(on tier: TestTier) async throws -> TestCluster {
        try await TestCluster(
            on: tier, instances: 2, layers: TestCluster.fourLayers, propagation: .announced, defects: [])
    }

    private static func compare(_ clusters: [TestCluster], seed: UInt64) async throws {
        var subjects = [
            Subject(clusters[0], readsInBatches: true), Subject(clusters[1], readsInBatches: false),
        ]
        var random = SeededRandom(seed: seed)
        var layers: [String: Int] = [:]
        var failed = 0
        for number in 0..<250 {
            let step = step(&random)
            var answers: [String] = []
            for place in subjects.indices {
                answers.append(try await subjects[place].perform(step))
                try await clusters[place].settle()
                answers[place] += try await "\n" + subjects[place].contents()
            }
            #expect(answers[0] == answers[1], "seed \(seed), step \(number): \(step)")
            if answers[0] != answers[1] { return }
            guard case .read = step else { continue }
            if answers[0].hasPrefix("failed") { failed += 1 }
            for layer in ["l1", "l2", "l3", "redis", "origin"] where answers[0].contains("from \(layer)") {
                layers[layer, default: 0] += 1
            }
        }
        // A comparison that met only one layer would have shown little.
        #expect(failed > 0)
        for layer in ["l1", "l2", "origin"] { #expect(layers[layer] ?? 0 > 3, "hardly ever from \(layer)") }
    }
}
