import History

extension CheckDeclaration {
    /// Reads one check as it stands in a scenario: `linearizable`, `staleness: { at-most: 100ms }`.
    ///
    /// What a scenario takes from its cluster is part of the text here: `expiry: { lifetimes: { L1: 60s }, hosts: [0,
    /// 1] }`.
    /// - Parameters:
    ///   - source: what the text is called where an error in it is reported.
    ///   - scope: what `loads` means that does not say whose. Who asks about a recorded history knows of no instances
    ///     that may each have a load of their own.
    /// - Throws: all errors in it.
    public init(
        parsing text: String, source: String, countingLoadsIn scope: LoadScope = .cluster
    ) throws(ScenarioErrors) {
        let expected = "a check: \(Value.choice(Self.allWords))"
        let document: String
        do throws(ScenarioErrors) {
            document = try Document.text(Array(text.utf8), file: source, what: expected).get()
        } catch {
            throw error.withoutPlaces
        }
        let context = DecodingContext(file: source, text: document)
        var check: CheckDeclaration?
        if let root = Document.compose(document, context: context, what: expected) {
            let decoder = CheckDecoder(isAlone: true, loadScope: scope)
            check = decoder.decode(Value(node: root, subject: "", context: context))?.check
        }
        guard let check, context.diagnostics.isEmpty else {
            throw ScenarioErrors(context.sortedDiagnostics).withoutPlaces
        }
        self = check
    }

    /// The check as ``init(parsing:source:)`` reads it.
    public var text: String {
        let body: [String]
        switch self {
        case .staleness(let limit): body = limit.map { ["at-most: \(Self.text($0))"] } ?? []
        case .expiry(let tolerance, let lifetimes, let hosts):
            body =
                ["tolerance: \(Self.text(tolerance))"] + (lifetimes.map { ["lifetimes: \(Self.text($0))"] } ?? [])
                + (hosts.map { ["hosts: [\($0.map(String.init).joined(separator: ", "))]"] } ?? [])
        case .delivery(let inOneOrder, let subscribers):
            body =
                (inOneOrder ? ["order: channel"] : [])
                + (subscribers.isEmpty
                    ? [] : ["subscribers: [\(subscribers.map(String.init).joined(separator: ", "))]"])
        case .freshAfterInvalidation(let grace): body = grace.map { ["grace: \(Self.text($0))"] } ?? []
        case .tags(let lifetimes, let grace):
            body =
                (lifetimes.map { ["lifetimes: \(Self.text($0))"] } ?? [])
                + (grace.map { ["grace: \(Self.text($0))"] } ?? [])
        case .loads(let limit, let scope): body = (limit == 1 ? [] : ["limit: \(limit)"]) + ["scope: \(scope.rawValue)"]
        case .resources(let most, let final):
            body = [("at-most", most), ("in-the-end", final)].filter { !$0.1.isEmpty }.map { "\($0): \(Self.text($1))" }
        case .connections(let limit): body = limit.map { ["limit: \($0)"] } ?? []
        default: body = []
        }
        return body.isEmpty ? word : "\(word): { \(body.joined(separator: ", ")) }"
    }

    private static func text(_ duration: Duration) -> String { "\(duration.nanoseconds)ns" }

    private static func text(_ lifetimes: [Layer: Duration]) -> String {
        "{ " + lifetimes.sorted { $0.key < $1.key }.map { "\($0.name): \(text($1))" }.joined(separator: ", ") + " }"
    }

    private static func text(_ bounds: [String: Int]) -> String {
        "{ " + bounds.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ") + " }"
    }
}

extension ScenarioErrors {
    /// Of a text that is in no file.
    fileprivate var withoutPlaces: ScenarioErrors {
        ScenarioErrors(
            diagnostics.map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.line = 0
                diagnostic.column = 0
                return diagnostic
            })
    }
}
