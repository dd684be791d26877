import Foundation

/// A failure that exploring found, as a file: everything that `coherence replay` needs to run it again.
///
/// The file is JSON, one object. Its fields are those of this type, `format` and `version`.
public struct SavedFailure: Sendable, Hashable {
    /// The value of the field `format`, by which such a file is recognised.
    public static let format = "swift-cache-coherence failure"
    /// Of the form of the file, of a failure of the simulated world. A file of another version is not read.
    public static let version = 1
    /// Of the form of a failure on real processes.
    public static let gatedVersion = 2

    /// The path of the scenario, as it was given to `coherence explore`.
    public var scenario: String
    /// Of the scenario file's text; see ``digest(of:)``.
    public var digest: String
    /// The label of the variant; empty if nothing varies.
    public var variant: String
    /// The names of the deliberate bugs that the cache had.
    public var defects: [String]
    /// What of the scenario is run; empty for all of it.
    public var part: String
    /// What the workers do.
    public var operations: String
    /// The schedule's token; empty in the gated world.
    public var schedule: String
    /// What replays it in the gated world; `nil` in the simulated one.
    public var gated: Gated?
    /// What is wrong, and the operations that prove it. For people; replaying finds it anew.
    public var reason: String
    /// What was put in place of what the scenario's file says, as ``ScenarioOverride/text``.
    public var overrides: [String] = []

    /// A failure on real processes.
    public struct Gated: Sendable, Hashable {
        /// The command of the cache under test if it was given with `--subject`; `nil` for the scenario's own.
        public var subject: String?
        /// The labels of the messages, in the order in which they were let through.
        public var steps: [String]

        /// Makes it; each argument is the property of the same name.
        public init(subject: String?, steps: [String]) {
            self.subject = subject
            self.steps = steps
        }
    }

    /// Makes it; each argument is the property of the same name.
    public init(
        scenario: String, digest: String, variant: String, defects: [String], part: String, operations: String,
        schedule: String, reason: String, gated: Gated? = nil
    ) {
        self.scenario = scenario
        self.digest = digest
        self.variant = variant
        self.defects = defects
        self.part = part
        self.operations = operations
        self.schedule = schedule
        self.reason = reason
        self.gated = gated
    }

    /// A short text that another file's text will hardly have: FNV-1a in 64 bits, of the text with its lines ended
    /// alike. It shows that a file was changed; it does not protect against deliberate forgery.
    /// - Throws: why the file cannot be read.
    public static func digest(of path: String) throws(ScenarioErrors) -> String {
        let text = try FileText.read(path, what: ScenarioLoader.whatIsExpected).get()
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }

    /// Writes the file, in place of one that is there.
    /// - Throws: what the system says if it cannot be written.
    public func write(to path: String) throws {
        try Data(text().utf8).write(to: URL(filePath: path), options: .atomic)
    }

    /// What the file holds.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            format: Self.format, version: gated == nil ? Self.version : Self.gatedVersion, scenario: scenario,
            digest: digest, variant: variant,
            defects: defects, part: part, operations: operations, schedule: gated == nil ? schedule : nil,
            reason: reason, subject: gated?.subject, steps: gated?.steps,
            set: overrides.isEmpty ? nil : overrides)
        return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    }

    private struct Document: Encodable {
        let format: String
        let version: Int
        let scenario: String
        let digest: String
        let variant: String
        let defects: [String]
        let part: String
        let operations: String
        let schedule: String?
        let reason: String
        let subject: String?
        let steps: [String]?
        let set: [String]?
    }
}
