import History
import Yams

/// Reads one check.
struct CheckDecoder {
    /// Whether there is no cluster to take lifetimes and hosts from.
    let isAlone: Bool
    /// Whose loads are counted together if the check does not say.
    var loadScope = CheckDeclaration.LoadScope.instance

    func decode(_ place: Value) -> (check: CheckDeclaration, key: Value)? {
        let words = isAlone ? CheckDeclaration.allWords : CheckDeclaration.words
        guard let worded = WordedElement(place, words: words, what: "a check") else { return nil }
        return (decode(worded), worded.key)
    }

    private func decode(_ worded: WordedElement) -> CheckDeclaration {
        switch worded.word {
        case "staleness": staleness(worded)
        case "expiry": expiry(worded)
        case "fresh-after-invalidation": fresh(worded)
        case "tags": tags(worded)
        case "loads": loads(worded)
        case "delivery" where isAlone: delivery(worded)
        case "resources": resources(worded)
        case "connections" where isAlone: connections(worded)
        default: simple(worded)
        }
    }

    private func simple(_ worded: WordedElement) -> CheckDeclaration {
        worded.body?.report(found: "something after \(worded.word)", expected: "\(worded.word) alone")
        let checks: [CheckDeclaration] =
            [
                .sessions, .convergence, .serialisation, .delivery(), .isolation, .connections(),
            ]
            + CheckDeclaration.Method.allCases.map { .linearizable($0) }
        return checks.first { $0.word == worded.word } ?? .sessions
    }

    private func staleness(_ worded: WordedElement) -> CheckDeclaration {
        guard let body = worded.body else { return .staleness(atMost: nil) }
        let fields = Fields(body, known: ["at-most"], expected: "{ at-most: 100ms }")
        return .staleness(atMost: fields?.required("at-most", Value.durationExpected)?.duration(allowingZero: true))
    }

    private func expiry(_ worded: WordedElement) -> CheckDeclaration {
        let example = isAlone ? "{ lifetimes: { L1: 60s, redis: 3600s } }" : "{ tolerance: 5ms }"
        guard let body = worded.body else {
            if isAlone { worded.key.report(found: "expiry alone", expected: "expiry: \(example)") }
            return .expiry(tolerance: .zero)
        }
        let known = isAlone ? ["tolerance", "lifetimes", "hosts"] : ["tolerance"]
        guard let fields = Fields(body, known: known, expected: example) else { return .expiry(tolerance: .zero) }
        guard isAlone else {
            let tolerance = fields.required("tolerance", Value.durationExpected)?.duration(allowingZero: true)
            return .expiry(tolerance: tolerance ?? .zero)
        }
        return .expiry(
            tolerance: fields["tolerance"]?.duration(allowingZero: true) ?? .zero,
            lifetimes: fields.required("lifetimes", "{ L1: 60s, redis: 3600s }").map(lifetimes),
            hosts: fields["hosts"].flatMap(hosts))
    }

    private func fresh(_ worded: WordedElement) -> CheckDeclaration {
        guard let body = worded.body else { return .freshAfterInvalidation() }
        let fields = Fields(body, known: ["grace"], expected: "{ grace: 200ms }")
        let grace = fields?.required("grace", Value.durationExpected)
        return .freshAfterInvalidation(grace: grace?.duration(allowingZero: true))
    }

    private func tags(_ worded: WordedElement) -> CheckDeclaration {
        let example = isAlone ? "{ lifetimes: { L1: 60s, redis: 3600s }, grace: 200ms }" : "{ grace: 200ms }"
        let known = isAlone ? ["lifetimes", "grace"] : ["grace"]
        guard let body = worded.body, let fields = Fields(body, known: known, expected: example) else { return .tags() }
        if known.allSatisfy({ fields[$0] == nil }) { body.reject(expected: example) }
        return .tags(
            lifetimes: isAlone ? fields["lifetimes"].map(lifetimes) : nil,
            grace: fields["grace"]?.duration(allowingZero: true))
    }

    private func loads(_ worded: WordedElement) -> CheckDeclaration {
        let example = "{ limit: 2, scope: cluster }"
        let scopes = CheckDeclaration.LoadScope.allCases.map(\.rawValue)
        guard let body = worded.body, let fields = Fields(body, known: ["limit", "scope"], expected: example) else {
            return .loads(scope: loadScope)
        }
        if fields["limit"] == nil, fields["scope"] == nil { body.reject(expected: example) }
        let scope = fields["scope"]?.word(of: scopes).flatMap { CheckDeclaration.LoadScope(rawValue: $0) }
        return .loads(limit: fields["limit"]?.count(in: 1...1_000_000) ?? 1, scope: scope ?? loadScope)
    }

    private func delivery(_ worded: WordedElement) -> CheckDeclaration {
        let example = "{ order: channel, subscribers: [0, 1] }"
        guard let body = worded.body,
            let fields = Fields(body, known: ["order", "subscribers"], expected: example)
        else { return .delivery() }
        let order = fields["order"]?.word(of: ["sender", "channel"])
        let subscribers = fields["subscribers"]?.list(of: "the numbers of instances, as whole numbers")
        return .delivery(
            inOneOrder: order == "channel", subscribers: subscribers?.compactMap { $0.count(in: 0...1_000_000) } ?? [])
    }

    private func lifetimes(_ value: Value) -> [Layer: Duration] {
        var lifetimes: [Layer: Duration] = [:]
        guard let fields = Fields(value, known: Layer.caches.map(\.name), expected: "{ L1: 60s, redis: 3600s }") else {
            return [:]
        }
        for layer in Layer.caches { lifetimes[layer] = fields[layer.name]?.duration() }
        if value.node.mapping?.isEmpty == true { value.reject(expected: "the lifetime of at least one layer") }
        return lifetimes
    }

    private func hosts(_ value: Value) -> [Int]? {
        value.list(of: "the hosts of instances 0, 1, …, as whole numbers")?.compactMap { $0.count(in: 0...1_000_000) }
    }

    private func resources(_ worded: WordedElement) -> CheckDeclaration {
        let example = "{ at-most: { connections: 200, memory: 300 MB } }"
        var bounds: [[String: Int]] = [[:], [:]]
        if let fields = worded.fields(known: ["at-most", "in-the-end"], expected: example) {
            bounds = ["at-most", "in-the-end"].map { word in fields[word].map { amounts($0, example) } ?? [:] }
            if fields["at-most"] == nil, fields["in-the-end"] == nil { worded.body?.reject(expected: example) }
        }
        return .resources(atMost: bounds[0], inTheEnd: bounds[1])
    }

    private func connections(_ worded: WordedElement) -> CheckDeclaration {
        let example = "{ limit: 20 }"
        let fields = worded.fields(known: ["limit"], expected: example)
        return .connections(limit: fields?.required("limit", "20")?.count(in: 1...1_000_000))
    }

    private func amounts(_ value: Value, _ example: String) -> [String: Int] {
        guard case .mapping(let mapping) = value.node, !mapping.isEmpty else {
            value.reject(expected: "resources and their bounds, such as { connections: 200, memory: 300 MB }")
            return [:]
        }
        let names = isAlone ? mapping.compactMap { $0.key.scalar?.string } : Resource.allCases.map(\.rawValue)
        guard let fields = Fields(value, known: names) else { return [:] }
        var amounts: [String: Int] = [:]
        for name in names { amounts[name] = fields[name]?.amount() }
        return amounts
    }
}
