import Dispatch
import Foundation
import Simulation
import TestSupport
import Testing

@testable import simulation_benchmark

@Suite(.computing) struct RepeatingTests {
    /// The hash of the trace hashes of 1,000 seeds of `Workload`. It is the same in every process, on every machine,
    /// in debug and in release.
    ///
    /// Only a change of the workload, of a strategy or of the trace changes it.
    static let golden = "c625100f0c5ede15"

    @Test("A thousand seeds give the recorded hash, in this process and in two others")
    func golden() throws {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        var helper = folder.appending(path: "simulation-benchmark").path
        while !FileManager.default.isExecutableFile(atPath: helper), folder.path != "/" {
            folder.deleteLastPathComponent()
            helper = folder.appending(path: "simulation-benchmark").path
        }
        let others = try (0..<2).map { _ in try #require(popen("'\(helper)' hash", "r")) }
        let here = String(try Workload.hash(seeds: 1_000), radix: 16)
        print("the hash of a thousand seeds is", here)
        #expect(here == Self.golden)
        for (number, other) in others.enumerated() {
            var line = [CChar](repeating: 0, count: 64)
            #expect(fgets(&line, Int32(line.count), other) != nil, "process \(number)")
            #expect(pclose(other) == 0, "process \(number)")
            let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init), as: UTF8.self)
            #expect(text == here, "process \(number)")
        }
    }

    @Test(
        "Every seed gives the same trace twice",
        arguments: [Strategy.random, .lingering, .priorities(depth: 3), .roundRobin])
    func twice(_ strategy: Strategy) throws {
        for seed in UInt64(0)..<100 {
            let first = try Simulation.run(seed: seed, strategy: strategy) { await Workload.run(tasks: 8) }
            let second = try Simulation.run(seed: seed, strategy: strategy) { await Workload.run(tasks: 8) }
            #expect(first.trace.hash == second.trace.hash, "seed \(seed)")
            #expect("\(first.trace)" == "\(second.trace)", "seed \(seed)")
            #expect(first.duration == second.duration, "seed \(seed)")
        }
    }

    @Test("Seeds give different traces")
    func different() throws {
        let hashes = try (0..<200).map { seed in
            try Simulation.run(seed: seed) { await Workload.run() }.trace.hash
        }
        #expect(Set(hashes).count == hashes.count)
    }

    @Test("Simulations on several threads at once give the traces of single ones")
    func severalThreads() throws {
        let alone = try (UInt64(0)..<60).map { try Simulation.run(seed: $0) { await Workload.run() }.trace.hash }
        let together = Shared([[UInt64]](repeating: [], count: 4))
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            let hashes = (UInt64(0)..<60).map { seed in
                (try? Simulation.run(seed: seed) { await Workload.run() })?.trace.hash ?? 0
            }
            together.withLock { $0[thread] = hashes }
        }
        #expect(together.withLock { $0 } == [alone, alone, alone, alone])
    }

    @Test("A run can be replayed from its schedule and from the text of its token", arguments: UInt64(0)..<20)
    func replays(_ seed: UInt64) throws {
        let body: @Sendable () async -> Int = {
            await Workload.run(tasks: 6)
            var random = Simulation.random("dice")
            return random.below(6)
        }
        let run = try Simulation.run(seed: seed, body)
        let bySchedule = try Simulation.run(seed: seed, strategy: .replay(run.schedule), body)
        let byToken = try Simulation.replay("\(run.token)", body)
        #expect(bySchedule.trace.hash == run.trace.hash)
        #expect(byToken.trace.hash == run.token.traceHash)
        #expect(byToken.value == run.value)
    }

    @Test("A replay distinguishes mailboxes that one task has made runnable", arguments: UInt64(0)..<30)
    func mailboxes(_ seed: UInt64) throws {
        actor Waiting {
            var waiting: UnsafeContinuation<Void, Never>?

            func wait(_ number: Int) async {
                await withUnsafeContinuation { waiting = $0 }
                Simulation.note("resumed", number)
            }
        }
        let body: @Sendable () async -> Void = {
            let actors = (0..<3).map { _ in Waiting() }
            await withDiscardingTaskGroup { group in
                for (number, actor) in actors.enumerated() { group.addTask { await actor.wait(number) } }
                group.addTask {
                    var waiting: [UnsafeContinuation<Void, Never>] = []
                    for actor in actors {
                        while await actor.waiting == nil { await Task.yield() }
                        if let continuation = await actor.waiting { waiting.append(continuation) }
                    }
                    for continuation in waiting { continuation.resume() }
                    await Simulation.point("all resumed")
                }
            }
        }
        let run = try Simulation.run(seed: seed, body)
        try run.get()
        #expect(try Simulation.replay(run.token, body).trace.hash == run.trace.hash)
    }

    @Test("The order of a set's elements differs from process to process; sorted, it is the same in every run")
    func sets() throws {
        let names = Set((0..<50).map { "name \($0)" })
        let hashes = try (0..<2).map { _ in
            try Simulation.run {
                for name in names.sorted() { Simulation.note("length", name.count) }
            }.trace.hash
        }
        #expect(hashes[0] == hashes[1])
    }
}
