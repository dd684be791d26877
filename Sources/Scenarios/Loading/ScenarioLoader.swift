/// Reads scenario files and reports every mistake in them at once.
public struct ScenarioLoader: Sendable {
    static let whatIsExpected = "a scenario: scenario, cluster, data, phases, checks"

    /// The folder with the tables of targets; `nil` means the `Fixtures/Targets` nearest above the scenario file.
    public var targetsFolder: String?

    public init(targetsFolder: String? = nil) {
        self.targetsFolder = targetsFolder
    }

    /// Reads one file.
    ///
    /// - Throws: All mistakes of the file and of the tables it uses.
    public func load(_ path: String) throws(ScenarioErrors) -> Scenario {
        try decode(FileText.read(path, what: Self.whatIsExpected).get(), file: path)
    }

    /// Decodes a text as if it stood in a file, which need not exist.
    public func decode(_ text: String, file: String) throws(ScenarioErrors) -> Scenario {
        let text = try Document.text(Array(text.utf8), file: file, what: Self.whatIsExpected).get()
        let context = DecodingContext(file: file, text: text)
        var scenario: Scenario?
        if let root = Document.compose(text, context: context, what: Self.whatIsExpected) {
            let tables = TableFinder(scenario: file, folder: targetsFolder)
            var decoder = ScenarioDecoder(
                context: context, table: tables.table(named:), record: RecordFinder(scenario: file).record(named:))
            scenario = decoder.decode(Value(node: root, subject: "", context: context))
        }
        guard let scenario, context.diagnostics.isEmpty else { throw ScenarioErrors(context.sortedDiagnostics) }
        return scenario
    }
}
