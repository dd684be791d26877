import History
import Support

/// Decodes the targets of a scenario, those that it takes from tables among them.
struct TargetListDecoder {
    let context: DecodingContext
    /// Finds and decodes the table of that name.
    let table: (_ name: String) -> TableLookup
    /// What there is to choose from.
    let metrics: [Metric]
    /// Whose targets they are; `nil` if it is not known well enough what that measures.
    let producer: (any MetricProducer)?
    /// Whether its layers are known.
    var knowsLayers = true
    private(set) var targets: [Target] = []
    private var names: Set<String> = []

    init(
        context: DecodingContext, table: @escaping (String) -> TableLookup, metrics: [Metric],
        producer: (any MetricProducer)?, knowsLayers: Bool = true
    ) {
        self.context = context
        self.table = table
        self.metrics = metrics
        self.producer = producer
        self.knowsLayers = knowsLayers
    }

    mutating func decode(_ value: Value?) {
        guard let elements = value?.list(of: "targets") else { return }
        for element in elements {
            if let fields = Fields(silently: element), fields["use"] != nil {
                decodeUse(element)
                continue
            }
            guard let draft = TargetDecoder(context: context, metrics: metrics).decode(element) else { continue }
            if let name = draft.target.name, !names.insert(name).inserted {
                element.report(
                    found: "the target \(name) for the second time", expected: "a name of its own for each target")
            }
            for objection in objections(to: draft) {
                objection.place.report(
                    found: objection.found, expected: objection.expected, suggestion: objection.suggestion)
            }
            targets.append(draft.target)
        }
    }

    private func objections(to draft: TargetDraft) -> [TargetDraft.Objection] {
        guard let producer else { return [] }
        return draft.objections(in: producer).filter { knowsLayers || $0.label != .layer }
    }

    /// Takes targets from a table: the rows that are named, or all that apply to this scenario.
    private mutating func decodeUse(_ element: Value) {
        guard let fields = Fields(element, known: ["use", "rows"]), let place = fields["use"],
            let name = place.name()
        else { return }
        let found: TargetTable
        switch table(name) {
        case .found(let table): found = table
        case .wrong(let diagnostics):
            context.report(contentsOf: diagnostics)
            return
        case .missing(let available, let folder):
            place.report(
                found: "the table \(Value.quoted(name)), which does not exist",
                expected: folder == nil
                    ? "a folder Fixtures/Targets above the scenario with \(name).yaml in it"
                    : available.isEmpty ? "a table in \(folder!), and there is none" : Value.choice(available),
                suggestion: NearestWord.suggestion(for: name, among: available))
            return
        }
        let drafts: [TargetDraft]
        if let rows = fields["rows"] {
            drafts = namedRows(rows, of: found)
        } else {
            guard let producer, knowsLayers else { return }
            drafts = found.rows.map(\.draft).filter { $0.objections(in: producer).isEmpty }
            if drafts.isEmpty {
                place.report(
                    found: "a table of which no row applies to this scenario",
                    expected: "a table with a metric that this scenario produces")
            }
            for draft in drafts where !names.insert(draft.target.name ?? "").inserted {
                place.report(
                    found: "the target \(draft.target.name ?? "") for the second time", expected: "each target once")
            }
        }
        targets += drafts.map(\.target)
    }

    private mutating func namedRows(_ value: Value, of table: TargetTable) -> [TargetDraft] {
        let available = table.rows.map(\.name)
        var drafts: [TargetDraft] = []
        for element in value.listOrOne(of: "rows of the table") ?? [] {
            guard let name = element.word(of: available),
                let draft = table.rows.first(where: { $0.name == name })?.draft
            else { continue }
            if !names.insert(name).inserted {
                element.report(found: "the target \(name) for the second time", expected: "each target once")
                continue
            }
            for objection in objections(to: draft) {
                element.report(
                    found: "the row \(name) with \(objection.found)", expected: objection.expected,
                    suggestion: objection.suggestion)
            }
            drafts.append(draft)
        }
        return drafts
    }
}
