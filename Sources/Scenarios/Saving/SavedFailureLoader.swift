import Yams

/// Reads the files that ``SavedFailure`` writes, and reports every error in them at once.
public struct SavedFailureLoader: Sendable {
    private static let whatIsExpected = "a failure that coherence explore --save has written"
    private static let fields = [
        "format", "version", "scenario", "digest", "variant", "defects", "part", "operations", "schedule", "reason",
        "set",
    ]
    private static let gatedFields = fields.filter { $0 != "schedule" } + ["subject", "steps"]

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
        guard let version = version(of: root) else { return nil }
        let isGated = version == SavedFailure.gatedVersion
        let known = isGated ? Self.gatedFields : Self.fields
        guard let fields = Fields(root, known: known, expected: Self.whatIsExpected) else { return nil }
        func text(_ name: String, _ expected: String, mayBeEmpty: Bool = false) -> String {
            guard let value = fields.required(name, expected) else { return "" }
            if mayBeEmpty, case .scalar(let scalar) = value.node, scalar.string.isEmpty { return "" }
            return value.text(expected) ?? ""
        }
        var failure = SavedFailure(
            scenario: text("scenario", "the path of a scenario"), digest: text("digest", "the digest of its text"),
            variant: text("variant", "the label of a variant", mayBeEmpty: true),
            defects: fields.required("defects", "a list of deliberate bugs, which may be empty").map(names) ?? [],
            part: text("part", "what of the scenario is run", mayBeEmpty: true),
            operations: text("operations", "what the workers do", mayBeEmpty: true),
            schedule: isGated ? "" : text("schedule", "a schedule"), reason: text("reason", "what is wrong"),
            gated: isGated ? gated(fields) : nil)
        failure.overrides =
            fields["set"]?.list(of: "values, such as cluster.instances=8")?.compactMap { $0.text() } ?? []
        let positions = known.compactMap { name in fields[name].map { (name, $0.position) } }
        return Loaded(failure: failure, positions: Dictionary(uniqueKeysWithValues: positions))
    }

    private func gated(_ fields: Fields) -> SavedFailure.Gated {
        let expected = "the labels of the messages, a list of texts"
        var steps: [String] = []
        if let value = fields.required("steps", expected) {
            if case .sequence(let sequence) = value.node {
                steps = sequence.compactMap {
                    Value(node: $0, subject: value.subject, context: value.context).text("the label of a message")
                }
            } else {
                value.reject(expected: expected)
            }
        }
        return SavedFailure.Gated(subject: fields["subject"]?.text("the command of a cache under test"), steps: steps)
    }

    /// The version of the form, if it is a file of ours: of another one nothing else could be said.
    private func version(of root: Value) -> Int? {
        guard let fields = Fields(silently: root) else {
            root.reject(expected: Self.whatIsExpected)
            return nil
        }
        guard let format = fields.required("format", "\"\(SavedFailure.format)\"") else { return nil }
        guard format.textIfAny == SavedFailure.format else {
            format.reject(expected: "\"\(SavedFailure.format)\"")
            return nil
        }
        let known = [SavedFailure.version, SavedFailure.gatedVersion]
        let expected = "\(known[0]) or \(known[1]), the versions of this form that are read here"
        guard let version = fields.required("version", expected) else { return nil }
        guard let number = known.first(where: { version.textIfAny == "\($0)" }) else {
            version.reject(expected: expected)
            return nil
        }
        return number
    }

    private func names(_ value: Value) -> [String] {
        guard case .sequence(let sequence) = value.node else {
            value.reject(expected: "a list of deliberate bugs, which may be empty")
            return []
        }
        return sequence.compactMap { Value(node: $0, subject: value.subject, context: value.context).name() }
    }
}
