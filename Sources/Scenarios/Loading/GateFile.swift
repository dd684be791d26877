import Foundation
import History
import Yams

/// What a project wants `coherence gate` to do when it is called without options, as the file `coherence.yaml` says it.
public struct GateFile: Sendable, Hashable {
    /// A report that is to be written.
    public struct Report: Sendable, Hashable {
        /// The form: `junit`.
        public var form: String
        /// Where it goes.
        public var file: String
    }

    /// The name under which it is looked for in the working directory. No scenario has it.
    public static let usualPath = "coherence.yaml"
    static let words = [
        "paths", "only", "skip", "labels", "seed", "again", "fail-fast", "redis", "timeout", "set", "reports",
    ]
    private static let whatIsExpected = "the defaults of coherence gate: paths, skip, labels, seed, …"
    /// So often can a scenario that was too slow be run again.
    public static let possibleRepetitions = 0...10

    /// Files and folders of scenarios.
    public var paths: [String] = []
    /// Parts of titles or paths of the only scenarios to run.
    public var only: [String] = []
    /// Parts of titles or paths of scenarios to leave out.
    public var skip: [String] = []
    /// Of the only scenarios to run.
    public var labels: [String] = []
    /// Names the workload.
    public var seed: UInt64?
    /// How often a scenario that only missed targets of speed is run again.
    public var again: Int?
    /// Whether the first scenario that does not pass ends it.
    public var isFailFast: Bool?
    /// The URL of a server to use.
    public var redis: String?
    /// How long one run of a variant may take, as in the option.
    public var timeout: String?
    /// What takes the place of what scenario files say, as `PATH=VALUE`.
    public var overrides: [ScenarioOverride] = []
    /// What is written.
    public var reports: [Report] = []

    /// One that says nothing.
    public init() {}

    /// Reads a file.
    /// - Throws: all errors of it.
    public init(path: String) throws(ScenarioErrors) {
        try self.init(FileText.read(path, what: Self.whatIsExpected).get(), file: path)
    }

    /// Decodes a text as if it stood in a file, which need not exist.
    /// - Throws: all errors of it.
    public init(_ text: String, file: String) throws(ScenarioErrors) {
        let context = DecodingContext(file: file, text: text)
        if let root = Document.compose(text, context: context, what: Self.whatIsExpected),
            let fields = Fields(
                Value(node: root, subject: "", context: context), known: Self.words, expected: Self.whatIsExpected)
        {
            decode(fields)
        }
        guard context.diagnostics.isEmpty else { throw ScenarioErrors(context.sortedDiagnostics) }
    }

    private mutating func decode(_ fields: Fields) {
        func texts(_ word: String, of what: String) -> [String] {
            fields[word]?.listOrOne(of: what)?.uniqueTexts { $0.text(what) } ?? []
        }
        paths = texts("paths", of: "paths of scenarios or folders")
        only = texts("only", of: "parts of titles or paths")
        skip = texts("skip", of: "parts of titles or paths")
        labels = fields["labels"]?.listOrOne(of: "labels")?.uniqueTexts { $0.name() } ?? []
        seed = fields["seed"]?.count(in: 0...Int.max).map(UInt64.init)
        again = fields["again"]?.count(in: Self.possibleRepetitions)
        isFailFast = fields["fail-fast"]?.word(of: ["true", "false"]).map { $0 == "true" }
        redis = fields["redis"]?.text("the URL of a server, such as redis://localhost:6379")
        timeout = fields["timeout"].flatMap { $0.duration() == nil ? nil : $0.textIfAny }
        if let set = fields["set"] { decodeOverrides(set) }
        if let value = fields["reports"] { decodeReports(value) }
    }

    private mutating func decodeOverrides(_ value: Value) {
        guard case .mapping(let mapping) = value.node else {
            return value.reject(expected: "a mapping of paths to values, such as cluster.instances: 8")
        }
        for (key, node) in mapping {
            let place = Value(
                node: node, subject: "\(value.subject).\(key.scalar?.string ?? "")", context: value.context)
            guard let path = key.scalar?.string, let text = place.textIfAny else {
                place.reject(expected: "one value")
                continue
            }
            do throws(ScenarioErrors) {
                overrides.append(try ScenarioOverride("\(path)=\(text)"))
            } catch {
                for one in error.diagnostics { place.report(found: one.found, expected: one.expected) }
            }
        }
    }

    private mutating func decodeReports(_ value: Value) {
        guard case .mapping(let mapping) = value.node else {
            return value.reject(expected: "a mapping of forms to files, such as junit: coherence.xml")
        }
        for (key, node) in mapping {
            let form = key.scalar?.string ?? ""
            let place = Value(node: node, subject: "\(value.subject).\(form)", context: value.context)
            if let file = place.text("the path of a file") { reports.append(Report(form: form, file: file)) }
        }
    }
}
