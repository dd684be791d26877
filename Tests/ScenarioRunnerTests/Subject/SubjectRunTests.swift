import Checking
import Foundation
import History
import Judging
import Scenarios
import TestSupport
import Testing

@testable import ScenarioRunner

/// Scenarios on caches in Python, each in a process for each instance.
@Suite("Runs of a cache that is not ours", .serialized, .enabled(if: Programs.path(of: "python3") != nil))
struct SubjectRunTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Keeps what it has loaded until it is written or invalidated, and nothing that a write has overtaken. While a key
    /// is being written its readers ask the origin.
    static let cache = """
        import asyncio
        import contextlib
        import os
        import coherence_adapter

        class Cache:
            name = "a dictionary"
            version = "1"
            layers = ["L2"]
            promises = "acknowledged"

            def start(self, run):
                self.values, self.epochs, self.origin = {}, {}, run.origin
                self.writing = {}

            async def read(self, key):
                if key not in self.values:
                    if self.writing.get(key):
                        return await self.origin.load(key)
                    epoch = self.epochs.get(key, 0)
                    value = await self.origin.load(key)
                    if self.epochs.get(key, 0) != epoch:
                        return value
                    self.values[key] = value
                return self.values[key]

            async def write(self, key, value):
                with self.change(key):
                    await self.origin.commit(key, value)

            async def delete(self, key):
                with self.change(key):
                    await self.origin.commit(key, None)

            async def invalidate(self, key):
                self.drop(key)

            async def inspect(self, layer, keys):
                return {key: self.values[key] for key in keys if key in self.values}

            @contextlib.contextmanager
            def change(self, key):
                self.writing[key] = self.writing.get(key, 0) + 1
                self.drop(key)
                try:
                    yield
                finally:
                    self.writing[key] -= 1
                    self.drop(key)

            def drop(self, key):
                self.epochs[key] = self.epochs.get(key, 0) + 1
                self.values.pop(key, None)

        coherence_adapter.serve(Cache)
        """

    static let phases = """
          - mix:
              { name: traffic, data: rows, operations: 200 per worker, read: 70%, write: 20%, delete: 5%,
                invalidate: 5% }
          - inspect: { name: afterwards }
        """

    /// Runs a scenario on a program in Python.
    /// - Parameter rest: of the scenario file: phases, checks, faults.
    static func run(
        _ program: String, instances: Int = 1, rest: String, seed: UInt64 = 1, lease: String = "2s"
    ) async throws -> ScenarioResult {
        let folder = FileManager.default.temporaryDirectory.appending(path: "subject-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scenario = try scenario(program, in: folder, instances: instances, rest: rest, lease: lease)
        let results = try await LiveWorldTests.withRunner { await $0.run(scenario, seed: seed) }
        return try #require(results.first)
    }

    /// Writes a program in Python into a folder, and makes a scenario on it.
    static func scenario(
        _ program: String, in folder: String, instances: Int = 1, rest: String, lease: String = "2s"
    ) throws -> Scenario {
        try program.write(toFile: "\(folder)/adapter.py", atomically: true, encoding: .utf8)
        let text = """
            scenario: a subject
            subject:
              command: PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='\(root)/Adapters/python' exec python3 adapter.py
              origin-delay: 200us
            cluster: { instances: \(instances), workers: 4, lease: \(lease) }
            data: { rows: { keys: 3, value: 60 B } }
            \(rest)
            """
        return try ScenarioLoader().decode(text, file: "\(folder)/subject.yaml")
    }

    private static let all = "phases:\n\(phases)\nchecks: [linearizable, fresh-after-invalidation, convergence]"

    @Test("A cache that keeps nothing that a write has overtaken passes every check", arguments: [1, 2, 3] as [UInt64])
    func correct(seed: UInt64) async throws {
        let result = try await Self.run(Self.cache, rest: Self.all, seed: seed)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        #expect(result.checks.allSatisfy { $0.examined > 0 })
        #expect(result.operations.total == 800)
        #expect(result.subject?.title == "a dictionary 1")
        #expect(result.history.operations.contains { $0.kind == .load })
        #expect(!result.history.operations.contains { $0.kind == .write && $0.outcome == .ok && $0.version == 0 })
    }

    @Test("One that keeps what a write has overtaken is refuted")
    func staleFill() async throws {
        // What was loaded is put into the cache a while later, as by a busy process.
        let program = Self.cache.replacing(
            "if self.epochs.get(key, 0) != epoch:", with: "await asyncio.sleep(0.003)\n            if False:")
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
        #expect(result.checks.first { "\($0.check)" == "fresh-after-invalidation" }?.verdict == .violation)
    }

    @Test("One that keeps what a write has overtaken is refuted at once where the origin holds back what it has loaded")
    func heldLoads() async throws {
        let program = Self.cache.replacing("if self.epochs.get(key, 0) != epoch:", with: "if False:")
        let faults = "faults: [hold: { whom: origin, during: traffic, after: 5%, every: 10ms, for: 5ms }]"
        let refuted = try await Self.run(program, rest: Self.all + "\n" + faults)
        #expect(refuted.verdict == .violation, LiveWorldTests.story(refuted))
        let passed = try await Self.run(Self.cache, rest: Self.all + "\n" + faults)
        #expect(passed.verdict == .pass, LiveWorldTests.story(passed))
    }

    @Test("A cache whose origin is in trouble serves nothing that is wrong", arguments: ["crash", "pause", "delay"])
    func originInTrouble(fault: String) async throws {
        let how = ["crash": "after: 20%, until: 80%", "pause": "after: 20%, for: 100ms", "delay": "by: 2ms"]
        let faults = "faults: [\(fault): { whom: origin, during: traffic, \(how[fault] ?? "") }]"
        let result = try await Self.run(Self.cache, rest: Self.all + "\n" + faults)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        #expect(result.faults.allSatisfy(\.tookEffect) && !result.faults.isEmpty)
        let failed = result.history.operations.filter { $0.isOfClient && $0.outcome != .ok }
        #expect(failed.isEmpty == (fault != "crash"))
    }

    @Test("Which part of the time was on the way to the adapter is known", arguments: [0.0, 0.02])
    func onTheWay(pause: Double) async throws {
        let program = Self.cache.replacing(
            "async def read(self, key):",
            with: "async def read(self, key):\n        if \(pause): await asyncio.sleep(\(pause))")
        let rest = """
            phases: [mix: { name: traffic, data: rows, operations: 50 per worker, read: 99%, write: 1% }]
            checks: [fresh-after-invalidation]
            """
        let result = try await Self.run(program, rest: rest)
        let share = try #require(result.subject?.shareOnTheWay)
        // A look into a dictionary is nothing beside the way, and a pause of 20 ms much more, on the busiest machine.
        #expect((0...1).contains(share) && (share > 0.5) == (pause == 0), "\(share)")
    }

    @Test("What one instance has written is not gone from another that hears nothing of it")
    func deaf() async throws {
        let result = try await Self.run(Self.cache, instances: 2, rest: Self.all)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
    }

    @Test("Two loads of a key at a time are a violation of loads")
    func stampede() async throws {
        let program = Self.cache.replacing(
            "value = await self.origin.load(key)",
            with:
                "value, _ = await asyncio.gather(self.origin.load(key), self.origin.load(key))"
        )
        let result = try await Self.run(program, rest: "phases:\n\(Self.phases)\nchecks: [loads]")
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
    }

    @Test("A value with a changed character is a violation that quotes it")
    func damage() async throws {
        let program = Self.cache.replacing(
            "return self.values[key]\n\n    async def write",
            with: "return self.values[key] and self.values[key] + '!'\n\n    async def write")
        #expect(program != Self.cache)
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .violation)
        let told = Self.damage(in: result)
        #expect(told.contains("instance 1 returned for rows:"), "\(told)")
        #expect(told.contains("a value that no write gave it: \"#"), "\(told)")
        #expect(result.failure == nil, "\(result.failure ?? "")")
    }

    @Test("A value under another key is a violation")
    func wrongKey() async throws {
        let program = Self.cache.replacing(
            "return self.values[key]\n\n    async def write",
            with: "return self.values.get('rows:0', self.values[key])\n\n    async def write")
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
        let told = Self.damage(in: result)
        #expect(told.contains("the value of another key, rows:0: \"#"), "\(told)")
    }

    @Test("A layer that shows keys under other names is an error, and no layer without entries")
    func foreignNames() async throws {
        let program = Self.cache.replacing(
            "return {key: self.values[key] for", with: "return {key[-1:]: self.values[key] for")
        #expect(program != Self.cache)
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .error, LiveWorldTests.story(result))
        #expect(result.failure?.contains("which was not asked for") == true, "\(result.failure ?? "")")
    }

    @Test("Without declared checks, what the cache promises is checked, and without a promise nothing can be")
    func promises() async throws {
        let rest = "phases:\n\(Self.phases)"
        let result = try await Self.run(Self.cache, rest: rest)
        #expect(result.declarations.map(\.word) == ["linearizable", "fresh-after-invalidation"])
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        let silent = try await Self.run(Self.cache.replacing("promises = \"acknowledged\"", with: ""), rest: rest)
        #expect(silent.verdict == .unknown)
        #expect(silent.failure?.contains("promises nothing that could be checked") == true, "\(silent.failure ?? "")")
    }

    @Test("What a cache does not offer makes the check that needs it unknown, and an operation that needs it the run")
    func capabilities() async throws {
        let blind = Self.cache.replacing("async def inspect", with: "async def look")
        let result = try await Self.run(blind, rest: Self.all)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        let convergence = result.checks.first { "\($0.check)" == "convergence" }
        #expect(convergence?.reason?.hasPrefix("the subject offers no inspect: add a method inspect(layer") == true)
        let forgetful = Self.cache.replacing("async def delete", with: "async def erase")
        let unfit = try await Self.run(forgetful, rest: Self.all)
        #expect(unfit.verdict == .unknown)
        #expect(
            unfit.failure?.contains("offers no delete, and the scenario asks for it") == true, "\(unfit.failure ?? "")")
    }

    @Test("An adapter that dies, babbles or falls silent in a run is named with its instance")
    func badAdapters() async throws {
        let cases = [
            (
                "os._exit(9) if len(self.epochs) > 1 and key == 'rows:2' else None",
                "the adapter of instance 1: the process exited with 9"
            ),
            ("os.write(self.out, b'babble\\n')", "of its output: the line is not understood: it is not JSON"),
        ]
        for (line, expected) in cases {
            let program = Self.cache.replacing(
                "async def read(self, key):", with: "async def read(self, key):\n        \(line)"
            ).replacing(
                "coherence_adapter.serve", with: "Cache.out = os.dup(1)\n\ncoherence_adapter.serve")
            let result = try await Self.run(program, rest: Self.all)
            #expect(result.verdict == .error, "\(line): \(LiveWorldTests.story(result))")
            #expect(result.failure?.contains(expected) == true, "\(line): \(result.failure ?? "")")
        }
    }

    @Test("An instance that fails by itself is an error, also where a fault kills and replaces it afterwards")
    func hiddenByAFault() async throws {
        let program = Self.cache.replacing(
            "async def read(self, key):",
            with:
                "async def read(self, key):\n        os._exit(9) if len(self.epochs) > 1 and key == 'rows:2' else None")
        let rest = """
            phases:
              - mix: { name: traffic, data: rows, operations: 100 per worker, read: 80%, write: 20% }
            faults:
              - crash: { whom: instance 1, during: traffic, after: 80%, for: 300ms }
            checks: [fresh-after-invalidation]
            """
        let result = try await Self.run(program, instances: 2, rest: rest, lease: "1s")
        #expect(result.verdict == .error, LiveWorldTests.story(result))
        #expect(result.failure?.contains("exited with 9") == true, "\(result.failure ?? "")")
    }

    @Test("What was recorded before an adapter failed to end is kept and judged")
    func failsToEnd() async throws {
        let program = Self.cache.replacing(
            "coherence_adapter.serve", with: "Cache.stop = lambda self: os._exit(3)\n\ncoherence_adapter.serve")
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .error, LiveWorldTests.story(result))
        #expect(result.operations.total == 800)
        #expect(result.checks.count == 3)
    }

    @Test("An inspection or a warming that fails is an error, and no agreement")
    func failingLooks() async throws {
        let inspecting = Self.cache.replacing(
            "return {key: self.values[key] for", with: "raise RuntimeError('dark'); return {key: self.values[key] for")
        let dark = try await Self.run(inspecting, rest: Self.all)
        #expect(dark.verdict == .error, LiveWorldTests.story(dark))
        #expect(dark.failure?.contains("dark") == true, "\(dark.failure ?? "")")
        let reading = Self.cache.replacing(
            "async def read(self, key):", with: "async def read(self, key):\n        raise RuntimeError('cold')")
        let cold = try await Self.run(
            reading, rest: "phases:\n  - warm: { name: warming, data: rows, by: every instance }\nchecks: [loads]")
        #expect(cold.verdict == .error, LiveWorldTests.story(cold))
        #expect(cold.failure?.contains("cold") == true, "\(cold.failure ?? "")")
    }

    @Test("A miss says nothing of what there is, and a deletion may be committed twice and by any task of the instance")
    func lenient() async throws {
        let missing = Self.cache.replacing(
            "async def read(self, key):",
            with: "async def read(self, key):\n        if key == 'rows:1': return coherence_adapter.MISS")
        let misses = try await Self.run(missing, rest: Self.all)
        #expect(misses.verdict == .pass, LiveWorldTests.story(misses))
        let deleting = Self.cache.replacing(
            "await self.origin.commit(key, None)",
            with: "await self.origin.commit(key, None); await self.origin.commit(key, None)")
        let twice = try await Self.run(deleting, rest: Self.all)
        #expect(twice.verdict == .pass, LiveWorldTests.story(twice))
    }

    @Test("A value whose write failed, and that was never committed, is a violation where it is read")
    func phantom() async throws {
        let program = Self.cache.replacing(
            "async def write(self, key, value):",
            with: "async def write(self, key, value):\n        self.values[key] = value\n"
                + "        raise coherence_adapter.Failed('before the commit')")
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
        let told = Self.damage(in: result)
        #expect(told.contains("never committed at the origin: \"#"), "\(told)")
    }

    /// What was said of the first value that no write gave.
    static func damage(in result: ScenarioResult) -> String {
        result.checks.first { $0.check == "values" }?.violations.first?.explanation ?? "no value is damaged"
    }

    @Test("A write that returns without a commit is an error of the adapter, and no pass")
    func noCommit() async throws {
        let program = Self.cache.replacing("await self.origin.commit(key, value)", with: "self.values[key] = value")
        let result = try await Self.run(program, rest: Self.all)
        #expect(result.verdict == .error, LiveWorldTests.story(result))
        #expect(result.failure?.contains("was never committed at the origin") == true, "\(result.failure ?? "")")
    }

    @Test("Instances are killed and started again, stopped and continued, and a correct cache still passes")
    func faults() async throws {
        let rest = """
            phases:
              - mix: { name: traffic, data: rows, operations: 100 per worker, read: 80%, write: 20% }
            faults:
              - crash: { whom: instance 1, during: traffic, after: 20%, for: 300ms }
              - pause: { whom: instance 1, during: traffic, after: 50%, for: 200ms }
              - crash: { whom: redis, data: lost, during: traffic, after: 70%, until: 80% }
            checks: [fresh-after-invalidation]
            """
        let result = try await Self.run(Self.cache, rest: rest, lease: "1s")
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        #expect(result.faults.count == 3)
        #expect(result.faults.allSatisfy { $0.tookEffect })
        // A session ends with its process.
        let workers = Set(result.history.operations.filter { $0.worker >= 0 }.map(\.worker))
        #expect(workers.count > 4)
    }

    @Test("A subject that is an option of the call is kept for the line that runs it again, whatever became of it")
    func option() async throws {
        let file = "\(Self.root)/Adapters/python/users/users.yaml"
        let scenario = try ScenarioLoader().load(file).testing("exit 3")
        let results = try await LiveWorldTests.withRunner { await $0.run(scenario, seed: 1) }
        #expect(results.map(\.verdict) == [.error])
        #expect(results.first?.failure?.contains("exited with 3") == true, "\(results.first?.failure ?? "")")
        #expect(results.first?.subjectOption == "exit 3")
    }

    @Test("Warming reads every key once, and the loads are recorded")
    func warming() async throws {
        let rest = """
            phases:
              - warm: { name: warming, data: rows, by: every instance }
              - read: { name: served, data: rows, by: every worker }
            checks: [loads]
            targets:
              - { metric: warming.coverage, statistic: min, limit: ">= 100%" }
            """
        let result = try await Self.run(Self.cache, rest: rest)
        #expect(result.history.operations.filter { $0.kind == .load }.count == 3)
        #expect(result.targets.map(\.verdict) == [.pass], LiveWorldTests.story(result))
    }
}
