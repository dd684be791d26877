/// Decodes one target, in a scenario or in a table, as far as that goes without knowing the scenario.
struct TargetDecoder {
    static let words = ["name", "metric", "statistic", "limit", "warning", "where"]
    static let expected = "{ metric: …, statistic: …, limit: \"< 100ms\" }"

    let context: DecodingContext
    /// What there is to choose from.
    var metrics = Metric.catalogue

    /// - Parameter name: The name of the row, in a table; in a scenario the target may name itself.
    func decode(_ value: Value, name: String? = nil) -> TargetDraft? {
        let words = name == nil ? Self.words : Self.words.filter { $0 != "name" }
        guard let fields = Fields(value, known: words, expected: Self.expected) else { return nil }
        let given = name ?? fields["name"]?.name()
        let limit = fields.required("limit", "a comparison such as \"< 100ms\"")
        guard let metric = decodeMetric(fields) else { return nil }
        let labels = decodeLabels(fields["where"], of: metric)
        guard let statistic = decodeStatistic(fields, of: metric), let limit,
            let bound = LimitParser(place: limit, unit: metric.unit(of: statistic), metric: metric, choice: metrics)
                .parse()
        else { return nil }
        var draft = TargetDraft(
            target: Target(
                name: given, metric: metric.name, statistic: statistic, bound: bound,
                where: labels.mapValues(\.text), position: value.position),
            metric: metric, metricPlace: fields["metric"] ?? value, labelPlaces: labels.mapValues(\.place))
        if case .relative(_, let other, _) = bound.limit { draft.relativePlaces.append((other, limit)) }
        if let place = fields["warning"],
            let warning = LimitParser(
                place: place, unit: metric.unit(of: statistic), metric: metric, choice: metrics
            ).parse()
        {
            draft.target.warning = warning
            if case .relative(_, let other, _) = warning.limit { draft.relativePlaces.append((other, place)) }
            checkWarning(warning, bound, place: place, limit: limit)
        }
        return draft
    }

    private func decodeMetric(_ fields: Fields) -> Metric? {
        let names = metrics.map(\.name)
        return fields.required("metric", "one of \(names.joined(separator: ", "))")?.word(of: names)
            .flatMap(Metric.named)
    }

    private func decodeStatistic(_ fields: Fields, of metric: Metric) -> Statistic? {
        let words = metric.statistics.map(\.rawValue)
        // A metric that is one number has only one statistic, which need not be said.
        guard
            let value = fields["statistic"]
                ?? (metric.kind == .scalar ? nil : fields.required("statistic", Value.choice(words)))
        else { return metric.kind == .scalar ? .value : nil }
        if let text = value.textIfAny, let statistic = Statistic(rawValue: text), !metric.statistics.contains(statistic)
        {
            let kind = metric.kind == .scalar ? "is one number" : "has many samples"
            value.report(
                found: "the statistic \(text) of \(metric.name), which \(kind)", expected: Value.choice(words))
            return nil
        }
        return value.word(of: words).flatMap(Statistic.init(rawValue:))
    }

    private func decodeLabels(_ value: Value?, of metric: Metric) -> [String: (text: String, place: Value)] {
        guard let value else { return [:] }
        guard !metric.labels.isEmpty else {
            value.report(found: "labels of \(metric.name), which has none", expected: "no where")
            return [:]
        }
        guard let fields = Fields(value, known: metric.labels.map(\.rawValue)) else { return [:] }
        var labels: [String: (text: String, place: Value)] = [:]
        for label in metric.labels {
            guard let place = fields[label.rawValue], let text = place.text() else { continue }
            labels[label.rawValue] = (text, place)
        }
        return labels
    }

    private func checkWarning(_ warning: Target.Bound, _ bound: Target.Bound, place: Value, limit: Value) {
        let far: Bool
        switch (warning.limit, bound.limit) {
        case (.absolute(let warned), .absolute(let limited)):
            far = bound.comparison.boundsFromAbove ? warned.value > limited.value : warned.value < limited.value
        case (.relative(let warned, let metric, let statistic), .relative(let limited, let other, let otherStatistic))
        where metric == other && statistic == otherStatistic:
            far = bound.comparison.boundsFromAbove ? warned > limited : warned < limited
        default: far = false
        }
        guard far || warning.comparison.boundsFromAbove != bound.comparison.boundsFromAbove else { return }
        place.reject(expected: "a warning that comes before the limit \(limit.found)")
    }
}
