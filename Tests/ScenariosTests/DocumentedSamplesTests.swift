import Foundation
import Testing
import Yams

@testable import Scenarios

/// Every sample of a scenario file in README.md and in the pages of Documentation.
@Suite("The samples of scenario files that the documentation shows")
struct DocumentedSamplesTests {
    /// A sample with the place of its first line.
    struct Sample: Sendable, CustomTestStringConvertible {
        var place: String
        var text: String

        var testDescription: String { place }
    }

    static let samples: [Sample] = {
        let folder = "\(packageFolder)/Documentation"
        let pages =
            ["README.md"]
            + ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".md") }
            .sorted()
            .map { "Documentation/\($0)" }
        return pages.flatMap { page in
            samples(in: (try? String(contentsOfFile: "\(packageFolder)/\(page)", encoding: .utf8)) ?? "", page: page)
        }
    }()

    /// The blocks that are marked as YAML, and the indented ones that begin with a word of the format.
    static func samples(in text: String, page: String) -> [Sample] {
        var (samples, block, isFenced): ([Sample], [Substring], Bool) = ([], [], false)
        let words = ScenarioDecoder.words + BridgeScenarioDecoder.words
        func isSample(_ lines: [Substring]) -> Bool {
            guard let first = lines.first else { return false }
            let word = String(first.prefix { $0 != ":" })
            guard first.contains(":") else { return false }
            return isFenced || words.contains(word) || ScenarioDecoder.phaseWords.contains { word == "- \($0)" }
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let isInside = isFenced ? line != "```" : line.hasPrefix("    ")
            if isInside {
                block.append(isFenced ? line : line.dropFirst(4))
            } else {
                if isSample(block) {
                    samples.append(
                        Sample(place: "\(page):\(index - block.count + 1)", text: block.joined(separator: "\n") + "\n"))
                }
                block = []
                isFenced = line == "```yaml"
            }
        }
        return samples
    }

    /// What a sample leaves out, so that it is a whole file.
    private static let frame = """
        scenario: Frame
        worlds: [live]
        cluster:
          instances: 4
          hosts: 2
          workers: 5
          invalidation: acknowledged
          layers:
            - L1: { capacity: 10 entries }
            - L2: { capacity: 100 entries }
            - L3
            - redis
        data:
          permissions: { keys: 500, tags: [user_session] }
        phases:
          - read: { name: fill, data: DATA, by: every worker }
          - mix: { name: race, data: DATA, operations: 50 per worker, read: 90 %, write: 10 % }
          - write: { name: change, data: DATA, by: one worker }
          - warm: { name: warming, data: DATA, by: every instance }
          - read: { name: again, data: DATA, by: every worker }
          - inspect: everything
        checks: [sessions, convergence]
        """

    /// A whole file: `sample` with what it leaves out taken from the frame.
    static func whole(_ sample: String) throws -> String {
        var given: Node.Mapping
        switch try compose(yaml: sample) {
        case .mapping(let words)?: given = words
        case .sequence(let phases)?:
            given = [Node("phases"): .sequence(Node.Sequence(phases + [["inspect": "everything"]]))]
        default: given = [:]
        }
        if given["scenario"] != nil { return sample }
        let data = given["data"]?.mapping?.keys.first?.string ?? "permissions"
        var file = try #require(try compose(yaml: frame.replacing("DATA", with: data))?.mapping)
        for (word, value) in given {
            guard word == "cluster", let words = value.mapping else {
                file[word] = value
                continue
            }
            for (name, value) in words { file["cluster"]?[name] = value }
        }
        return try serialize(node: .mapping(file))
    }

    /// The errors in a sample. A table of targets is read by way of a scenario that uses it.
    static func errors(_ sample: String) throws -> [String] {
        // What is no scenario: the defaults of the gate.
        if try compose(yaml: sample)?.mapping?["paths"] != nil {
            do throws(ScenarioErrors) {
                _ = try GateFile(sample, file: "coherence.yaml")
                return []
            } catch {
                return error.diagnostics.map(\.description)
            }
        }
        guard try compose(yaml: sample)?.mapping?["rows"] != nil else {
            return read(try whole(sample), tables: "\(packageFolder)/Fixtures/Targets")
        }
        let folder = try TemporaryFolder()
        try folder.write(sample.utf8, to: "sample.yaml")
        return read(try whole("targets: [{ use: sample }]"), tables: folder.path)
    }

    private static func read(_ text: String, tables: String) -> [String] {
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader(targetsFolder: tables).decodeAny(
                text, file: "\(packageFolder)/Scenarios/sample.yaml")
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    @Test("Each sample is read without an error", arguments: samples)
    func sample(sample: Sample) throws {
        let errors = try Self.errors(sample.text)
        #expect(errors == [])
    }

    @Test("The pages have samples of each kind, and an error in one is found")
    func canFail() throws {
        #expect(Self.samples.count >= 14)
        #expect(try Self.errors("cluster: { instnaces: 3 }").first?.contains("instances") == true)
        #expect(try Self.errors("- read: { data: permissions, by: nobody }").isEmpty == false)
        #expect(try Self.errors("targets: A\nrows:\n  a: { metric: speed, limit: \"< 1\" }").isEmpty == false)
        let page = "# A\n\n    data:\n      a: b\n\n    note: c\n\n```yaml\nx: y\n```\n```\nvary: z\n```\n"
        #expect(Self.samples(in: page, page: "A.md").map(\.place) == ["A.md:3", "A.md:9"])
    }
}
