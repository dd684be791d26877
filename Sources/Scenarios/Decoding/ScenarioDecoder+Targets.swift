import History

extension ScenarioDecoder {
    mutating func decodeTargets(_ value: Value?) {
        guard let elements = value?.list(of: "targets") else { return }
        var names: Set<String> = []
        for element in elements {
            if let fields = Fields(silently: element), fields["use"] != nil {
                decodeUse(element, names: &names)
                continue
            }
            guard let draft = TargetDecoder(context: context).decode(element) else { continue }
            if let name = draft.target.name, !names.insert(name).inserted {
                element.report(
                    found: "the target \(name) for the second time", expected: "a name of its own for each target")
            }
            if phasesAreComplete {
                for objection in draft.objections(in: scenario) where layersAreComplete || objection.label != .layer {
                    objection.place.report(
                        found: objection.found, expected: objection.expected, suggestion: objection.suggestion)
                }
            }
            scenario.targets.append(draft.target)
        }
    }

    /// Takes targets from a table: the rows that are named, or all that apply to this scenario.
    private mutating func decodeUse(_ element: Value, names: inout Set<String>) {
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
            drafts = namedRows(rows, of: found, names: &names)
        } else {
            guard phasesAreComplete, layersAreComplete else { return }
            drafts = found.rows.map(\.draft).filter { $0.objections(in: scenario).isEmpty }
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
        scenario.targets += drafts.map(\.target)
    }

    private func namedRows(_ value: Value, of table: TargetTable, names: inout Set<String>) -> [TargetDraft] {
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
            if phasesAreComplete {
                for objection in draft.objections(in: scenario) where layersAreComplete || objection.label != .layer {
                    element.report(
                        found: "the row \(name) with \(objection.found)", expected: objection.expected,
                        suggestion: objection.suggestion)
                }
            }
            drafts.append(draft)
        }
        return drafts
    }
}
