import Foundation
import Testing

/// `coherence check` and `coherence run --history`.
@Suite("Judging recorded histories", .serialized)
struct CheckCommandTests {
    let command = CommandTests()

    /// What a check of a JSON document says, without its explanations.
    struct Conclusion: Decodable, Hashable {
        let name: String
        let verdict: String
        let examined: Int
        let violationCount: Int
        let violations: [Violation]

        struct Violation: Decodable, Hashable {
            let rule: String
            let explanation: String
        }
    }

    struct Document: Decodable {
        struct Judged: Decodable {
            let verdict: String
            let checks: [Conclusion]
            let failure: String?
        }
        let exitCode: Int32
        let scenarios: [Judged]?
        let histories: [Judged]?
    }

    func document(_ outcome: CommandTests.Outcome) throws -> Document {
        try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8))
    }

    func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "histories-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    static let stale = "# a stale read\n1 1 x w 5 0 10\n2 1 x w 6 20 30\n3 2 x r 5 40 50\n"

    /// Runs a scenario, and judges the history that it wrote; both must say the same.
    /// - Returns: the exit code of both.
    func sameVerdict(_ scenario: String, seed: Int, defects: [String] = []) async throws -> Int32? {
        var code: Int32?
        try await withFolder { folder in
            let file = folder + "/history.jsonl"
            let run = try await command.run(
                ["run", scenario, "--seed", "\(seed)", "--history", file, "--format", "json"]
                    + defects.flatMap { ["--defect", $0] })
            let ran = try #require(try document(run).scenarios?.first)
            let check = try await command.run(["check", file, "--format", "json"])
            let judged = try #require(try document(check).histories?.first)
            #expect(judged.checks == ran.checks)
            #expect(!ran.checks.isEmpty)
            #expect((run.code == 1) == (check.code == 1))
            code = check.code
        }
        return code
    }

    @Test(
        "The history of a run gets the verdicts that the run got",
        arguments: ["cascade", "tags", "staggered-ttl", "race-prevention-acknowledged"])
    func sameVerdict(scenario: String) async throws {
        let code = try await sameVerdict("Scenarios/InvalidationChain/\(scenario).yaml", seed: 3)
        #expect(code == 0)
    }

    @Test("So does that of a broken cache, to the last word of every violation")
    func sameViolation() async throws {
        var codes: [Int32?] = []
        for seed in 1...10 where !codes.contains(1) {
            let scenario = "Scenarios/InvalidationChain/race-prevention-announced.yaml"
            codes.append(try await sameVerdict(scenario, seed: seed, defects: ["stale-fill"]))
        }
        #expect(codes.contains(1))
    }

    @Test("In the simulated world a seed gives the same history in every process, to the byte", arguments: [1, 2])
    func repeats(seed: Int) async throws {
        try await withFolder { folder in
            for name in ["race-prevention-acknowledged", "race-prevention-announced", "staggered-ttl"] {
                var histories: [Data] = []
                for number in 1...2 {
                    let file = "\(folder)/\(name)-\(number).jsonl"
                    let run = try await command.run([
                        "run", "Scenarios/InvalidationChain/\(name).yaml", "--world", "simulated", "--seed", "\(seed)",
                        "--history", file,
                    ])
                    #expect(run.code == 0, "\(run.output)")
                    histories.append(try Data(contentsOf: URL(filePath: file)))
                }
                #expect(histories[0] == histories[1], "\(name), seed \(seed)")
                #expect(histories[0].count > 10_000)
            }
        }
    }

    @Test("Several runs write a file each into a folder, and refuse a single file")
    func folder() async throws {
        try await withFolder { folder in
            try await command.withFile(CommandTests.small + "\nvary: { workers: [1, 2] }\n") { scenario in
                let refused = try await command.run(["run", scenario, "--history", folder + "/one.jsonl"])
                #expect(refused.code == 64)
                #expect(refused.errors.contains("there are 2 runs"), "\(refused.errors)")
                let run = try await command.run(["run", scenario, "--seed", "5", "--history", folder + "/all/"])
                #expect(run.code == 0, "\(run.errors)")
                let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/all").sorted()
                #expect(files.count == 2)
                #expect(files.allSatisfy { $0.hasSuffix("seed-5.jsonl") })
                let check = try await command.run(["check"] + files.map { "\(folder)/all/\($0)" })
                #expect(check.code == 0, "\(check.output)")
                #expect(check.output.contains("2 histories: 2 pass"))
            }
        }
    }

    @Test("A history that cannot be opened is a wrong call, told before anything is run")
    func unwritable() async throws {
        try await command.withFile(CommandTests.small) { scenario in
            let run = try await command.run(["run", scenario, "--history", "/nowhere/history.jsonl"])
            #expect(run.code == 64)
            #expect(run.output.isEmpty, "\(run.output)")
            #expect(run.errors.contains("/nowhere/history.jsonl"), "\(run.errors)")
        }
    }

    @Test("A stale read in register text exits 1, from a file and from standard input")
    func registerText() async throws {
        try await withFolder { folder in
            try Self.stale.write(toFile: folder + "/stale.txt", atomically: true, encoding: .utf8)
            let check = try await command.run(["check", folder + "/stale.txt"])
            #expect(check.code == 1)
            #expect(check.output.contains("read \"x\""), "\(check.output)")
            let piped = try await command.run(["check", "-"], input: Self.stale)
            #expect(piped.code == 1)
            #expect(piped.output.contains("violation -  register-text, 3 operations"), "\(piped.output)")
        }
    }

    @Test("Malformed lines are reported with their places, and the file is not judged")
    func malformed() async throws {
        let check = try await command.run(["check", "-"], input: "1 1 x w 5 10 0\n2 1 x w\n3 1 x r 5 1 2\n")
        #expect(check.code == 64)
        #expect(check.errors.contains("standard input:1:"), "\(check.errors)")
        #expect(check.errors.contains("standard input:2:"), "\(check.errors)")
        let missing = try await command.run(["check", "/nowhere.jsonl", "--format", "json"])
        #expect(missing.code == 64)
        let document = try document(missing)
        #expect(document.exitCode == 64)
        #expect(document.histories?.first?.verdict == "error")
        #expect(document.histories?.first?.failure?.contains("/nowhere.jsonl") == true)
    }

    @Test("A check that is misspelt is reported with the nearest right one")
    func misspelt() async throws {
        let check = try await command.run(["check", "-", "--check", "sesions"], input: Self.stale)
        #expect(check.code == 64)
        #expect(check.errors.contains("--check: error: found \"sesions\""), "\(check.errors)")
        #expect(check.errors.contains("did you mean sessions?"), "\(check.errors)")
    }

    @Test(
        "The checks asked for are asked, by the model asked for",
        arguments: [
            (["--check", "linearizable"], "linearizable violation", 1),
            (["--model", "zones"], "linearizable-by-zones violation", 1),
            (["--model", "search"], "linearizable-by-search violation", 1),
            (["--model", "versions"], "linearizable-by-versions unknown", 3),
            (["--check", "sessions"], "sessions unknown", 3),
            (["--check", "staleness: { at-most: 3ms }", "--check", "isolation"], "isolation pass", 3),
        ] as [([String], String, Int32)])
    func selection(arguments: [String], line: String, code: Int32) async throws {
        let check = try await command.run(["check", "-"] + arguments, input: Self.stale)
        #expect(check.output.contains(line), "\(check.output)")
        #expect(check.code == code)
    }

    /// Versions, in order of the starts.
    static let versions = """
        {"format":"swift-cache-coherence history","version":1}
        {"kind":"write","key":"x","version":1,"start":1,"end":2,"worker":0}
        {"kind":"write","key":"x","version":2,"start":3,"end":4,"worker":0}
        {"kind":"read","key":"x","version":1,"start":6,"end":7,"worker":1}

        """

    @Test("A history is judged while it goes by, if it is in order and the check can")
    func streaming() async throws {
        let stale = try await command.run(["check", "-", "--stream"], input: Self.versions)
        #expect(stale.code == 1, "\(stale.errors)")
        #expect(stale.output.contains("linearizable-by-versions violation (3)"), "\(stale.output)")
        let fine = try await command.run(
            ["check", "-", "--stream", "--check", "staleness: { at-most: 2ns }", "--check", "sessions"],
            input: Self.versions.replacing("\"version\":1,\"start\":6", with: "\"version\":2,\"start\":6"))
        #expect(fine.output.contains("staleness pass"), "\(fine.output)")
        let lines = Self.versions.split(separator: "\n")
        let disordered = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n")
        let refused = try await command.run(["check", "-", "--stream"], input: disordered)
        #expect(refused.code == 64)
        #expect(refused.errors.contains("without --stream any order will do"), "\(refused.errors)")
        #expect(try await command.run(["check", "-"], input: disordered).code == 1)
        let whole = try await command.run(["check", "-", "--stream", "--check", "convergence"], input: Self.versions)
        #expect(whole.code == 64)
        #expect(whole.errors.contains("convergence takes the whole history"), "\(whole.errors)")
    }

    @Test("A budget that is spent is unknown, never a pass")
    func budgets() async throws {
        let memory = try await command.run(["check", "-", "--memory-limit", "1 B"], input: Self.stale)
        #expect(memory.code == 3)
        #expect(memory.output.contains("more memory than allowed"), "\(memory.output)")
        let wrong = try await command.run(["check", "-", "--time-limit", "soon"], input: Self.stale)
        #expect(wrong.code == 64)
        // Twenty-four overlapping writes of two values, and a read of a third: every order would have to be tried.
        let writes = (1...24).map {
            "{\"kind\":\"write\",\"key\":\"x\",\"value\":\($0 % 2 + 1),\"start\":1,\"end\":900,\"worker\":\($0)}"
        }
        let hard =
            (["{\"format\":\"swift-cache-coherence history\",\"version\":1}"] + writes
            + ["{\"kind\":\"read\",\"key\":\"x\",\"value\":3,\"start\":2,\"end\":3,\"worker\":99}"]).joined(
                separator: "\n")
        let search = try await command.run(["check", "-", "--time-limit", "3s"], input: hard)
        #expect(search.code == 3)
        #expect(search.output.contains("the budget for \"x\" was spent"), "\(search.output)")
    }
}
