/// Reads scenario files and reports every error in them at once.
public struct ScenarioLoader: Sendable {
    static let whatIsExpected = "a scenario: scenario, cluster, data, phases, checks"

    /// The folder with the tables of targets; `nil` means the `Fixtures/Targets` nearest above the scenario file.
    public var targetsFolder: String?
    /// How large a scenario may be; what is larger is an error of its file.
    public var limits: ScenarioLimits
    /// What takes the place of what files say, one after the other.
    public var overrides: [ScenarioOverride] = []
    /// Whether the caller has a cache under test of its own. A file need declare none then, nor its command, and may
    /// leave out what belongs to the reference cache.
    package var isForSubject = false

    /// Makes a loader; each argument is the property of the same name. It reads nothing yet.
    public init(targetsFolder: String? = nil, limits: ScenarioLimits = .usual) {
        self.targetsFolder = targetsFolder
        self.limits = limits
    }

    /// Reads one file, whatever it declares.
    ///
    /// - Throws: All errors of the file and of the tables it uses.
    public func loadAny(_ path: String) throws(ScenarioErrors) -> DeclaredScenario {
        try decodeAny(FileText.read(path, what: Self.whatIsExpected).get(), file: path)
    }

    /// Reads one file that declares a cluster.
    ///
    /// - Throws: All errors of the file and of the tables it uses; that it declares a bridge is one.
    public func load(_ path: String) throws(ScenarioErrors) -> Scenario {
        try cluster(loadAny(path))
    }

    /// Decodes a text as if it stood in a file, which need not exist.
    public func decode(_ text: String, file: String) throws(ScenarioErrors) -> Scenario {
        try cluster(decodeAny(text, file: file))
    }

    /// Decodes a text, whatever it declares, as if it stood in a file, which need not exist.
    public func decodeAny(_ text: String, file: String) throws(ScenarioErrors) -> DeclaredScenario {
        let text = try Document.text(Array(text.utf8), file: file, what: Self.whatIsExpected).get()
        let context = DecodingContext(file: file, text: text, limits: limits)
        var scenario: DeclaredScenario?
        if var root = Document.compose(text, context: context, what: Self.whatIsExpected) {
            for override in overrides { root = try override.applied(to: root) }
            let table = TableFinder(scenario: file, folder: targetsFolder).table(named:)
            let value = Value(node: root, subject: "", context: context)
            if BridgeScenarioDecoder.isMeant(by: root) {
                scenario = BridgeScenarioDecoder(context: context, table: table).decode(value).map { .bridge($0) }
            } else {
                var decoder = ScenarioDecoder(
                    context: context, table: table, record: RecordFinder(scenario: file).record(named:))
                decoder.isForSubject = isForSubject
                scenario = decoder.decode(value).map { .cluster($0) }
            }
        }
        guard let scenario, context.diagnostics.isEmpty else { throw ScenarioErrors(context.sortedDiagnostics) }
        return scenario.with(overrides: overrides.map(\.text))
    }

    private func cluster(_ declared: DeclaredScenario) throws(ScenarioErrors) -> Scenario {
        guard let scenario = declared.cluster else {
            throw ScenarioErrors([
                ScenarioDiagnostic(
                    at: SourcePosition(file: declared.file, line: 1, column: 1), subject: "bridge",
                    found: "the scenario of an event bridge, which is run live and nowhere else",
                    expected: "one with cluster, data and phases")
            ])
        }
        return scenario
    }
}
