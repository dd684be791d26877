import AdapterProtocol
import CacheHierarchy
import History
import Support
import TestSupport
import Testing

@testable import ScenarioRunner

@Suite("A cache in the process of the runner is called")
struct LocalDriverTests {
    /// Does what a test says.
    private struct Cache: LocalCache {
        let description = AdapterDescription(
            name: "Cache", version: "", operations: [.read], layers: ["L2"], promise: nil, grace: nil)
        let onCall: @Sendable (AdapterRequest) async -> AdapterAnswer.Outcome

        func perform(_ request: AdapterRequest) async -> AdapterAnswer.Outcome { await onCall(request) }
    }

    private let gate = LocalGate()

    private func driver(
        limit: Duration = .seconds(60), _ onCall: @escaping @Sendable (AdapterRequest) async -> AdapterAnswer.Outcome
    ) -> LocalDriver {
        LocalDriver(
            Cache(onCall: onCall), instance: 1, clock: HostClock(), isLive: true, gate: gate, limit: limit)
    }

    @Test("A call has the worker, and its times lie around it")
    func call() async throws {
        let seen = Seen()
        let driver = driver { request in
            seen.during.withLock { $0 = MonotonicClock.now() }
            seen.worker.withLock { $0 = LocalSurroundings.worker }
            return request.key == "a" ? .ok(AdapterResult(found: .nothing)) : .failed("another key")
        }
        let before = MonotonicClock.now()
        let reply = try await driver.ask(.read, worker: 3) { $0.key = "a" }
        let after = MonotonicClock.now()
        #expect(reply.outcome == .ok(AdapterResult(found: .nothing)))
        #expect(reply.interval.contains(seen.during.withLock { $0 }))
        #expect(before <= reply.interval.lowerBound && reply.interval.upperBound <= after)
        #expect(seen.worker.withLock { $0 } == 3)
        #expect(await driver.stop() == nil)
    }

    private final class Seen: Sendable {
        let during = Lock<Int64>(0)
        let worker = Lock<Int?>(nil)
    }

    @Test("A call that does not return is given up, and the next one is heard")
    func limit() async throws {
        let driver = driver(limit: .milliseconds(200)) { request in
            guard request.key == "slow" else { return .ok(AdapterResult()) }
            try? await Task.sleep(for: .seconds(3_600))
            return .ok(AdapterResult())
        }
        let error = await #expect(throws: AdapterError.self) { try await driver.ask(.write) { $0.key = "slow" } }
        #expect(error?.reason == .noAnswer(.write, .milliseconds(200)))
        #expect(error?.description == "the cache of instance 2: the write was not answered within 0.2 seconds")
        let reply = try await driver.ask(.write) { $0.key = "fast" }
        #expect(reply.outcome == .ok(AdapterResult()))
        await driver.kill()
    }

    @Test("An instance that is killed answers no more, has its calls cancelled, and reaches the origin no more")
    func kill() async throws {
        let flag = Flag()
        let driver = driver { _ in
            flag.begin()
            try? await Task.sleep(for: .seconds(3_600))
            flag.end()
            return .ok(AdapterResult())
        }
        let call = Task { try await driver.ask(.read) }
        try await eventually("the call is under way") { flag.hasBegun }
        await driver.kill()
        let error = await #expect(throws: AdapterError.self) { try await call.value }
        #expect(error?.reason == .ended("was ended"))
        try await eventually("the call is cancelled") { flag.hasEnded }
        let next = await #expect(throws: AdapterError.self) { try await driver.ask(.read) }
        #expect(next?.reason == .ended("was ended"))
        let key = KeyInUse(name: "a", valueSize: 20, tags: [])
        let origin = SubjectOrigin(
            [key], delay: .zero, recorder: Recorder(keys: ["a"], tagSets: [[]], isTimed: true), seed: 1)
        let ask = AdapterAsk(.commit(origin.issue(for: key).text), key: "a", worker: nil, start: MonotonicClock.now())
        guard case .failed = await gate.pass(ask, to: origin, ofInstance: 1) else {
            Issue.record("the origin was reached")
            return
        }
        #expect(try await origin.load("a").version == 0)
    }

    private final class Flag: Sendable {
        private let ended = Lock(false)
        private let begun = Lock(false)

        var hasBegun: Bool { begun.withLock { $0 } }
        var hasEnded: Bool { ended.withLock { $0 } }
        func begin() { begun.withLock { $0 = true } }
        func end() { ended.withLock { $0 = true } }
    }

    @Test("What leaving throws is told")
    func stop() async throws {
        let driver = driver { request in
            request.operation == .shutdown ? .unknown("no way out") : .ok(AdapterResult())
        }
        #expect(await driver.stop()?.reason == .wrongAnswer(.shutdown, "no way out"))
        #expect(await driver.stop() == nil)
    }

    @Test("Instances share one value of each type")
    func shared() {
        let shared = LocalShared()
        #expect(shared.value { 1 } == 1)
        #expect(shared.value { 2 } == 1)
        #expect(shared.value { "a" } == "a")
        #expect(LocalShared().value { 3 } == 3)
    }
}
