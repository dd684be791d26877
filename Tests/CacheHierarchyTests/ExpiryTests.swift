import CacheHierarchy
import History
import Testing

@Suite("Deadlines are kept by the true time")
struct ExpiryTests {
    @Test("An entry is not served past its deadline although the cheap clock is behind", arguments: [Layer.l1, .l2])
    func laggingClock(layer: Layer) async throws {
        let layers = TestCluster.fourLayers.filter { $0.layer == layer }
        let lifetime = layers[0].lifetime
        try await TestCluster.with(instances: 1, layers: layers) { cluster in
            _ = try await cluster.origin.commit("k", value: [1], tags: [])
            let worker = cluster.instances[0].makeWorker()
            #expect(try await worker.read("k").layer == .origin)
            #expect(try await worker.read("k").layer == layer)
            cluster.clock.advance(by: lifetime - 1_000_000)
            #expect(try await worker.read("k").layer == layer)
            cluster.clock.fallBehind(by: 50_000_000)
            cluster.clock.advance(by: 2_000_000)
            #expect(try await worker.read("k").layer == .origin)
        }
    }
}
