import AdapterProtocol
import Checking
import Foundation
import History
import Judging
import Scenarios
import TestSupport
import Testing

@testable import ScenarioRunner

/// What a run of a cache in Python says of what did not succeed.
@Suite(
    "What did not succeed in a run of a cache that is not ours", .serialized,
    .enabled(if: Programs.path(of: "python3") != nil))
struct SubjectTroublesTests {
    private static let cache = SubjectRunTests.cache
    private static let all =
        "phases:\n\(SubjectRunTests.phases)\nchecks: [linearizable, fresh-after-invalidation, convergence]"

    private static func replacing(_ line: String, _ other: String) throws -> String {
        let program = cache.replacing(line, with: other)
        try #require(program != cache, "\(line) is not in the cache")
        return program
    }

    @Test("A run in which every write failed is unknown, and says what failed how often, and what was not examined")
    func allWritesFail() async throws {
        let program = try Self.replacing(
            "async def write(self, key, value):",
            "async def write(self, key, value):\n        raise ConnectionError(f'port {id(value)} is closed')")
        let result = try await SubjectRunTests.run(program, rest: Self.all)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        #expect(result.failureHeading == "not examined")
        let failure = try #require(result.failure)
        #expect(failure.hasPrefix("none of the "), "\(failure)")
        #expect(failure.contains("writes succeeded (ConnectionError: port "), "\(failure)")
        #expect(result.troubles.reasons.count == 1, "\(result.troubles.reasons)")
        let reason = try #require(result.troubles.reasons.first)
        #expect(reason.operation == "write")
        #expect(reason.isUnknown)
        #expect(reason.count == result.history.operations.count { $0.kind == .write && $0.outcome == .unknown })
        #expect(reason.instances == [0: reason.count])
    }

    @Test(
        "What a cache commits that no write gave, or that is older than what it replaces, is a violation",
        arguments: [
            ("await self.origin.commit(key, value + '!')", "a value that no write gave for it"),
            (
                "await self.origin.commit(key, value); old, self.old = getattr(self, 'old', None), (key, value)\n"
                    + "            if old and old[0] == key: await self.origin.commit(*old)",
                "at a database of its own it would have replaced the newer value"
            ),
        ])
    func wrongCommits(line: String, words: String) async throws {
        let program = try Self.replacing("await self.origin.commit(key, value)", line)
        let result = try await SubjectRunTests.run(program, rest: Self.all)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
        #expect(result.failure?.contains(words) == true, "\(result.failure ?? "")")
    }

    @Test("A deletion whose commit names no worker is that of whoever is deleting the key")
    func deletionsWithoutWorker() async throws {
        let program = try Self.replacing(
            "import coherence_adapter", "import coherence_adapter\ncoherence_adapter.worker = lambda: None")
        let rest = """
            phases: [mix: { name: traffic, data: rows, operations: 100 per worker, read: 50%, delete: 50% }]
            checks: [fresh-after-invalidation]
            """
        let result = try await SubjectRunTests.run(program, rest: rest)
        #expect(result.failure == nil, "\(result.failure ?? "")")
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
    }

    @Test("A cache that serves nothing, one that shows nothing, and one that owes the others nothing are told")
    func nothing() async throws {
        let idle = try await SubjectRunTests.run(
            try Self.replacing(
                "if key not in self.values:", "if True:\n            return await self.origin.load(key)"),
            rest: Self.all)
        #expect(idle.notJudged.contains { $0.reason.hasPrefix("not judged as a cache: it served nothing") })
        let hidden = try await SubjectRunTests.run(
            try Self.replacing("return {key: self.values[key] for key in keys if key in self.values}", "return {}"),
            rest: Self.all)
        #expect(hidden.notJudged.contains { $0.reason.hasSuffix("no inspection showed an entry") })
        let deaf = try await SubjectRunTests.run(
            try Self.replacing("promises = \"acknowledged\"", "promises = \"announced\""), instances: 2,
            rest: "phases:\n\(SubjectRunTests.phases)\nchecks: [fresh-after-invalidation]\n"
                + "targets: [{ metric: propagation, statistic: p95, limit: \"< 1s\" }]")
        #expect(deaf.verdict == .unknown, LiveWorldTests.story(deaf))
        #expect(deaf.targets.isEmpty && deaf.notJudged.contains { $0.target != nil })
    }

    @Test("Some failures leave the verdict, and their reasons are told by operation; values of wrong types name them")
    func someFail() async throws {
        let program = try Self.replacing(
            "return self.values[key]\n\n    async def write",
            "return (self.values[key], 'L2') if key == 'rows:1' else self.values[key]\n\n    async def write"
        ).replacing(
            "async def delete(self, key):",
            with: "async def delete(self, key):\n"
                + "        if key == 'rows:2': raise coherence_adapter.Failed('not today')")
        let result = try await SubjectRunTests.run(program, rest: Self.all)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        let reads = result.troubles.reasons.first { $0.operation == "read" }
        #expect(
            reads?.text == "TypeError: read returned a tuple; a value is a text, bytes or None; a value with its layer "
                + "is found(value, layer)", "\(result.troubles.reasons)")
        #expect(reads?.isUnknown == false)
        let deletions = result.troubles.reasons.first { $0.operation == "delete" }
        #expect(deletions?.text == "not today")
        #expect(deletions?.isUnknown == false)
    }

    @Test("A run whose reads were all misses is unknown")
    func allMisses() async throws {
        let program = try Self.replacing(
            "async def read(self, key):", "async def read(self, key):\n        return coherence_adapter.MISS")
        let result = try await SubjectRunTests.run(
            program,
            rest: """
                phases:
                  - mix: { name: traffic, data: rows, operations: 50 per worker, read: 70%, write: 30% }
                checks: [linearizable]
                """)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        #expect(result.failure?.contains("reads were misses, which say nothing") == true, "\(result.failure ?? "")")
    }

    @Test("What an adapter logs is kept: the first lines, and how many came after them")
    func logs() async throws {
        let program = try Self.replacing(
            "async def read(self, key):",
            "async def read(self, key):\n        coherence_adapter.log('slow\\x1b[2J', 'warn')")
        let result = try await SubjectRunTests.run(program, rest: Self.all)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        #expect(result.troubles.logs.count == TroubleLedger.mostLogLines)
        #expect(result.troubles.moreLogs + TroubleLedger.mostLogLines == result.operations.reads)
        #expect(
            result.troubles.logs.first
                == TroubleRecord.LogLine(instance: 0, level: "warn", text: "slow\\u{1B}[2J"))
    }

    @Test("The history of a run with a damaged value is refuted, whatever it is asked, read whole or as it goes by")
    func damagedHistory() async throws {
        let program = try Self.replacing(
            "return self.values[key]\n\n    async def write",
            "return self.values[key] and self.values[key].upper()\n\n    async def write")
        let result = try await SubjectRunTests.run(
            program, rest: Self.all.replacing("checks: [linearizable,", with: "checks: ["))
        #expect(result.checks.filter { $0.verdict == .violation }.map(\.check) == ["values"])
        let file = FileManager.default.temporaryDirectory.appending(path: "damaged-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try result.history.write(to: file, format: .jsonLines)
        for isStreaming in [false, true] {
            var configuration = HistoryJudge.Configuration()
            configuration.checks = [.sessions]
            configuration.isStreaming = isStreaming
            let judged = HistoryJudge(configuration).judge(file)
            #expect(judged.verdict == .violation, "\(judged)")
            let report = try #require(judged.checks.first { $0.check == "values" })
            #expect(report.violationCount == result.checks.last?.violationCount)
            #expect(report.violations.first?.explanation.contains("a value that no write gave it") == true)
        }
    }

    @Test("A layer that holds a damaged value, and a warming that reads one, are violations")
    func damagedLooks() async throws {
        let layer = try Self.replacing(
            "return {key: self.values[key] for", "return {key: self.values[key] and self.values[key] + '?' for")
        let looking = """
            phases:
              - read: { name: fill, data: rows, by: every worker }
              - inspect: { name: afterwards }
            checks: [convergence]
            """
        let inspected = try await SubjectRunTests.run(layer, rest: looking)
        #expect(inspected.verdict == .violation, LiveWorldTests.story(inspected))
        #expect(SubjectRunTests.damage(in: inspected).contains("layer L2 of instance 1 returned for rows:"))
        let reading = try Self.replacing(
            "return self.values[key]\n\n    async def write",
            "return self.values[key] + '!' if key == 'rows:1' else self.values[key]\n\n    async def write")
        let warmed = try await SubjectRunTests.run(
            reading, rest: "phases:\n  - warm: { name: warming, data: rows, by: every instance }\nchecks: [loads]")
        #expect(warmed.verdict == .violation, LiveWorldTests.story(warmed))
        #expect(SubjectRunTests.damage(in: warmed).contains("instance 1, which was being warmed, returned for rows:1"))
    }

    @Test(
        "Words of an adapter that are none of the protocol are an error of a run, with the right ones",
        arguments: [
            ("promises = \"acknowledged\"", "promises = \"acknowleged\"", "Did you mean \"acknowledged\"?"),
            ("layers = [\"L2\"]", "layers = [\"memory\"]", "\"layers\" has \"memory\", which is no layer"),
            ("version = \"1\"", "grace = 0.2", "\"grace\" is 0.2, and not a whole number of milliseconds"),
            (
                "return self.values[key]\n\n    async def w",
                "return coherence_adapter.found(self.values[key], 'l2')\n\n    async def w",
                "its layer is \"l2\", and not one of L1, L2, L3, redis, origin. Did you mean L2?"
            ),
        ])
    func wrongWords(line: String, other: String, expected: String) async throws {
        let result = try await SubjectRunTests.run(try Self.replacing(line, other), rest: Self.all)
        #expect(result.verdict == .error, LiveWorldTests.story(result))
        #expect(result.failure?.contains(expected) == true, "\(result.failure ?? "")")
    }

    @Test("An operation that is spelled wrongly is named where it is lacking")
    func misspelledOperation() async throws {
        let program = """
            import json, sys
            for line in sys.stdin:
                request = json.loads(line)
                ok = {"name": "raw", "operations": ["read", "wirte"]} if request["op"] == "init" else {}
                print(json.dumps({"id": request["id"], "ok": ok}), flush=True)
            """
        let result = try await SubjectRunTests.run(
            program,
            rest: """
                phases:
                  - mix: { name: traffic, data: rows, operations: 5 per worker, read: 50%, write: 50% }
                checks: [sessions]
                """)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        #expect(
            result.failure?.contains("asks for it; its operations have \"wirte\", which is none") == true,
            "\(result.failure ?? "")")
    }

    @Test("A scenario that requires what the cache does not offer is left out, with the reason")
    func requirements() async throws {
        let lacking = try await SubjectRunTests.run(
            Self.cache, rest: "requires: [delete, invalidateTag, redis]\n" + Self.all)
        #expect(
            lacking.skipReason
                == "the subject a dictionary 1 offers no invalidateTag, shows no layer redis, "
                + "which the scenario requires")
        #expect(lacking.verdict == .unknown)
        let weak = try await SubjectRunTests.run(
            try Self.replacing("\"acknowledged\"", "\"announced\""), rest: "requires: acknowledged\n" + Self.all)
        #expect(weak.skipReason?.contains("promises announced and not acknowledged") == true)
        let met = try await SubjectRunTests.run(
            Self.cache, rest: "requires: [delete, inspect, L2, announced]\n" + Self.all)
        #expect(met.skipReason == nil)
        #expect(met.verdict == .pass, LiveWorldTests.story(met))
    }

    @Test("A promise that takes an inspection, in a scenario without one, says what to add")
    func noInspection() async throws {
        let result = try await SubjectRunTests.run(
            try Self.replacing("\"acknowledged\"", "\"announced\""),
            rest: "phases:\n  - mix: { name: traffic, data: rows, operations: 50 per worker, read: 70%, write: 30% }")
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        let convergence = result.checks.first { $0.check == "convergence" }
        #expect(
            convergence?.reason
                == "the scenario looks into no layer: add - inspect: everything as its last phase")
        let blind = try Self.replacing("\"acknowledged\"", "\"announced\"")
            .replacing("async def inspect", with: "async def look")
        let unseen = try await SubjectRunTests.run(
            blind,
            rest: "phases:\n  - mix: { name: traffic, data: rows, operations: 50 per worker, read: 70%, write: 30% }")
        #expect(unseen.notJudged.map(\.name) == ["convergence"])
        #expect(
            unseen.notJudged.first?.reason.hasPrefix("not judged: the subject offers no inspect: add a method") == true)
    }

    @Test("If the adapter does not say, a read that asked the origin is of the origin, and another of the one layer")
    func layers() async throws {
        let result = try await SubjectRunTests.run(
            try Self.replacing("layers = [\"L2\"]", "layers = [\"redis\"]"), rest: Self.all)
        let reads = result.history.operations.filter { $0.kind == .read }
        #expect(Set(reads.map(\.layer)) == [.origin, .redis])
        let loads = result.history.operations.count { $0.kind == .load }
        #expect(reads.count { $0.layer == .origin } <= loads)
        let two = try await SubjectRunTests.run(
            try Self.replacing("layers = [\"L2\"]", "layers = [\"L1\", \"redis\"]"), rest: Self.all)
        #expect(Set(two.history.operations.filter { $0.kind == .read }.map(\.layer)) == [.origin, .l2])
        // Every layer that the adapter names is looked into.
        #expect(Set(two.history.operations.filter { $0.kind == .inspect }.map(\.layer)) == [.l1, .redis])
    }

    @Test("The words of requires are those of the protocol")
    func vocabulary() {
        let words = [AdapterOperation.read] + AdapterOperation.optional
        #expect(Set(Requirement.operations) == Set(words.map(\.rawValue)))
        #expect(Requirement.promises == AdapterDescription.promises)
    }

    private static let batches = """
        phases:
          - script:
              name: pages
              workers:
                - [write rows:0, read rows:0 rows:1 rows:2, write rows:1, read rows:2 rows:1]
                - [read rows:0 rows:2, read rows:1, write rows:2, read rows:1 rows:2]
        checks: [linearizable, fresh-after-invalidation]
        """

    private static let batch =
        "    async def read_many(self, keys):\n        return [await self.read(key) for key in keys]\n\n"
        + "    async def write(self, key, value):"

    @Test("A step that reads several keys is one call for a cache that can, and a read of each key in its interval")
    func batchOfReads() async throws {
        let line = "    async def write(self, key, value):"
        let result = try await SubjectRunTests.run(try Self.replacing(line, Self.batch), rest: Self.batches)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        let reads = result.history.operations.filter { $0.kind == .read }
        #expect(reads.count == 10)
        #expect(Set(reads.map(\.start)).count == 5)
        let single = try await SubjectRunTests.run(Self.cache, rest: Self.batches)
        #expect(single.verdict == .pass, LiveWorldTests.story(single))
        let apart = single.history.operations.filter { $0.kind == .read }
        #expect(apart.count == 10)
        #expect(Set(apart.map(\.start)).count == 10)
    }

    @Test("A batch that mixes its keys up is a violation of each, and one that fails is a failed read of each")
    func wrongBatches() async throws {
        let line = "    async def write(self, key, value):"
        let mixed = Self.batch.replacing("for key in keys]", with: "for key in keys[::-1]]")
        let result = try await SubjectRunTests.run(try Self.replacing(line, mixed), rest: Self.batches)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
        let explanations = result.checks.last?.violations.map(\.explanation) ?? []
        #expect(explanations.contains { $0.contains("returned for rows:0 the value of another key, rows:2") })
        #expect(explanations.contains { $0.contains("returned for rows:2 the value of another key, rows:0") })
        let short = Self.batch.replacing("for key in keys]", with: "for key in keys[1:]]")
        let failed = try await SubjectRunTests.run(try Self.replacing(line, short), rest: Self.batches)
        #expect(failed.history.operations.count { $0.kind == .read && $0.outcome == .failed } == 9)
        #expect(failed.troubles.reasons.map(\.count) == [9])
        #expect(failed.troubles.reasons.first?.text.hasPrefix("ValueError: read_many returned") == true)
    }
}
