import Yams

/// Reads the files that ``SavedFailure`` writes, and reports every error in them at once.
public struct SavedFailureLoader: Sendable {
    private static let whatIsExpected = "a failure that coherence explore --save has written"
    private static let fields = [
        "format", "version", "scenario", "digest", "variant", "defects", "part", "operations", "schedule", "reason",
    ]

    /// Makes a loader.
    public init() {}

    /// A saved failure, with the places of what it says, for reports of what is wrong with that.
    public struct Loaded: Sendable {
        /// What the file says.
        public let failure: SavedFailure
        /// By the name of the field.
        public let positions: [String: SourcePosition]
    }

    /// - Throws: all errors of the file.
    public func load(_ path: String) throws(ScenarioErrors) -> Loaded {
        let text = try FileText.read(path, what: Self.whatIsExpected).get()
        let context = DecodingContext(file: path, text: text, language: "JSON")
        var loaded: Loaded?
        if let root = Document.compose(text, context: context, what: Self.whatIsExpected) {
            loaded = decode(Value(node: root, subject: "", context: context))
        }
        guard let loaded, context.diagnostics.isEmpty else { throw ScenarioErrors(context.sortedDiagnostics) }
        return loaded
    }

    private func decode(_ root: Value) -> Loaded? {
        guard isOurs(root), let fields = Fields(root, known: Self.fields, expected: Self.whatIsExpected) else {
            return nil
        }
        func text(_ name: String, _ expected: String, mayBeEmpty: Bool = false) -> String {
            guard let value = fields.required(name, expected) else { return "" }
            if mayBeEmpty, case .scalar(let scalar) = value.node, scalar.string.isEmpty { return "" }
            return value.text(expected) ?? ""
        }
        let failure = SavedFailure(
            scenario: text("scenario", "the path of a scenario"), digest: text("digest", "the digest of its text"),
            variant: text("variant", "the label of a variant", mayBeEmpty: true),
            defects: fields.required("defects", "a list of deliberate bugs, which may be empty").map(names) ?? [],
            part: text("part", "what of the scenario is run", mayBeEmpty: true),
            operations: text("operations", "what the workers do", mayBeEmpty: true),
            schedule: text("schedule", "a schedule"), reason: text("reason", "what is wrong"))
        let positions = Self.fields.compactMap { name in fields[name].map { (name, $0.position) } }
        return Loaded(failure: failure, positions: Dictionary(uniqueKeysWithValues: positions))
    }

    /// Whether it says that it is a file of this form and version: of another one nothing else could be said.
    private func isOurs(_ root: Value) -> Bool {
        guard let fields = Fields(silently: root) else {
            root.reject(expected: Self.whatIsExpected)
            return false
        }
        guard let format = fields.required("format", "\"\(SavedFailure.format)\"") else { return false }
        guard format.textIfAny == SavedFailure.format else {
            format.reject(expected: "\"\(SavedFailure.format)\"")
            return false
        }
        guard let version = fields.required("version", "\(SavedFailure.version)") else { return false }
        guard version.textIfAny == "\(SavedFailure.version)" else {
            version.reject(expected: "\(SavedFailure.version), the version of this form that is read here")
            return false
        }
        return true
    }

    private func names(_ value: Value) -> [String] {
        guard case .sequence(let sequence) = value.node else {
            value.reject(expected: "a list of deliberate bugs, which may be empty")
            return []
        }
        return sequence.compactMap { Value(node: $0, subject: value.subject, context: value.context).name() }
    }
}
