import History
import Support

/// Reads `< 100ms`, `>= 95 %`, `<= 10 x redis.round-trip p50`.
struct LimitParser {
    let place: Value
    /// The unit that is due.
    let unit: MetricUnit
    let metric: Metric
    /// What a limit may be relative to.
    var choice = Metric.catalogue

    func parse() -> Target.Bound? {
        guard let text = place.textIfAny else {
            place.reject(expected: expected)
            return nil
        }
        let symbols = text.drop { $0 == " " }.prefix { "<>=!≤≥".contains($0) }
        let rest = text.drop { $0 == " " }.dropFirst(symbols.count)
        guard let comparison = Target.Comparison(rawValue: String(symbols)) else {
            if symbols.isEmpty {
                let natural = unit == .nanoseconds || unit == .count ? "<" : ">="
                let isQuantity = number(text) != nil
                place.report(
                    found: "\(Value.quoted(text)) without a comparison",
                    expected: "one of <, <=, >, >= and \(quantity)",
                    suggestion: isQuantity ? "\"\(natural) \(text)\"" : nil)
            } else {
                let near = ["≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "==": nil][String(symbols)] ?? nil
                place.report(
                    found: "the comparison \(Value.quoted(String(symbols)))", expected: "one of <, <=, >, >=",
                    suggestion: near)
            }
            return nil
        }
        guard let (number, unitText) = DecimalNumber.prefix(of: rest) else {
            place.reject(expected: expected)
            return nil
        }
        let limit = isFactor(unitText) ? relative(number, unitText.dropFirst()) : absolute(String(rest), comparison)
        return limit.map { Target.Bound(comparison, $0) }
    }

    private func isFactor(_ text: Substring) -> Bool { text.hasPrefix("x ") || text.hasPrefix("×") }

    private func absolute(_ text: String, _ comparison: Target.Comparison) -> Target.Limit? {
        guard let value = number(text) else {
            place.reject(expected: expected)
            return nil
        }
        let isImpossible =
            (comparison == .less && value == 0)
            || (unit == .percent && comparison == .greater && value == 100)
        if isImpossible {
            place.reject(expected: "a limit that can be met")
            return nil
        }
        return .absolute(Quantity(value, unit))
    }

    private func number(_ text: String) -> Double? {
        switch unit {
        case .nanoseconds: (try? Units.nanoseconds(text)).map(Double.init)
        case .percent: try? Units.percent(text)
        case .perSecond: try? Units.rate(text)
        case .count: DecimalNumber.prefix(of: text).flatMap { $0.rest.isEmpty ? $0.number.value : nil }
        }
    }

    private func relative(_ factor: DecimalNumber, _ text: Substring) -> Target.Limit? {
        let words = text.split(separator: " ").map(String.init)
        let names = choice.map(\.name)
        guard let name = words.first, words.count <= 2, factor.digits > 0 else {
            place.reject(
                expected: "a factor above zero, a metric and a statistic, such as \"<= 10 x redis.round-trip p50\"")
            return nil
        }
        guard let other = choice.first(where: { $0.name == name }) else {
            place.report(
                found: "the metric \(Value.quoted(name))", expected: Value.choice(names),
                suggestion: NearestWord.suggestion(for: name, among: names))
            return nil
        }
        let statistics = other.statistics.map(\.rawValue)
        let word = words.count == 2 ? words[1] : other.kind == .scalar ? "value" : ""
        guard statistics.contains(word), let statistic = Statistic(rawValue: word) else {
            place.report(
                found: word.isEmpty ? "\(name) without a statistic" : "the statistic \(Value.quoted(word)) of \(name)",
                expected: Value.choice(statistics), suggestion: NearestWord.suggestion(for: word, among: statistics))
            return nil
        }
        guard other.unit(of: statistic) == unit else {
            place.report(
                found: "\(name) \(word), measured in \(other.unit(of: statistic).words)",
                expected: "a metric that is measured in \(unit.words), as \(metric.name) is")
            return nil
        }
        return .relative(factor: factor.value, metric: name, statistic: statistic)
    }

    private var quantity: String {
        switch unit {
        case .nanoseconds: Value.durationExpected
        case .percent: Value.percentExpected
        case .perSecond: "a rate such as 500/s"
        case .count: "a number such as 3"
        }
    }

    private var expected: String { "a comparison with \(quantity), for \(metric.name) is measured in \(unit.words)" }
}

extension MetricUnit {
    /// The unit in a sentence: measured in ….
    var words: String {
        switch self {
        case .nanoseconds: "time"
        case .percent: "percent"
        case .perSecond: "operations a second"
        case .count: "plain numbers"
        }
    }
}
