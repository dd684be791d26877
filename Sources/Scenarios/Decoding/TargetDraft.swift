import History
import Support

/// A target as it is declared, right in itself, with the places that a scenario may object to.
struct TargetDraft {
    var target: Target
    let metric: Metric
    let metricPlace: Value
    /// Where the labels stand.
    var labelPlaces: [String: Value] = [:]
    /// Where the limit and the warning stand, if they are relative to other metrics.
    var relativePlaces: [(metric: String, place: Value)] = []

    /// A reason why the target cannot be judged in a scenario.
    struct Objection {
        let place: Value
        let found: String
        let expected: String
        var suggestion: String?
        /// The label that it is about, if it is about one.
        var label: Metric.Label?
    }

    /// All reasons; empty if the target applies.
    func objections(in scenario: some MetricProducer) -> [Objection] {
        guard scenario.produces(metric) else {
            return [
                Objection(
                    place: metricPlace, found: "the metric \(metric.name), which this scenario never produces",
                    expected: metric.source)
            ]
        }
        var objections: [Objection] = []
        for label in metric.labels {
            guard let value = target.where[label.rawValue], let place = labelPlaces[label.rawValue] else { continue }
            let values = scenario.values(of: label, for: metric)
            if values.contains(value) { continue }
            objections.append(
                Objection(
                    place: place,
                    found: "the \(label.rawValue) \(Value.quoted(value)), where \(metric.name) is never measured",
                    expected: Value.choice(values),
                    suggestion: NearestWord.suggestion(for: value, among: values), label: label))
        }
        for (name, place) in relativePlaces {
            guard let other = Metric.named(name), !scenario.produces(other) else { continue }
            objections.append(
                Objection(
                    place: place, found: "a limit relative to \(name), which this scenario never produces",
                    expected: other.source))
        }
        return objections
    }
}

/// What a search for a table of targets found.
enum TableLookup {
    case found(TargetTable)
    /// There is a table, and it has errors of its own.
    case wrong([ScenarioDiagnostic])
    /// There is no table of that name, only these.
    case missing(available: [String], folder: String?)
}

/// Named targets that many scenarios share.
struct TargetTable {
    var title: String
    /// In the order of the file.
    var rows: [(name: String, draft: TargetDraft)]
}
