extension ScenarioDecoder {
    mutating func decodeChecks(_ value: Value?) {
        guard let elements = value?.list(of: "checks") else { return }
        var seen: Set<String> = []
        for element in elements {
            let place = Value(node: element.node, subject: "checks", context: context)
            guard let worded = WordedElement(place, words: CheckDeclaration.words, what: "a check") else { continue }
            guard seen.insert(worded.word).inserted else {
                worded.key.report(found: "\(worded.word) for the second time", expected: "each check once")
                continue
            }
            let check = decodeCheck(worded)
            scenario.checks.append(check)
            examine(check, worded.key)
        }
    }

    private func decodeCheck(_ worded: WordedElement) -> CheckDeclaration {
        switch worded.word {
        case "staleness":
            guard let body = worded.body else { return .staleness(atMost: nil) }
            let fields = Fields(body, known: ["at-most"], expected: "{ at-most: 100ms }")
            return .staleness(
                atMost: fields?.required("at-most", Value.durationExpected)?.duration(allowingZero: true))
        case "expiry":
            guard let body = worded.body else { return .expiry(tolerance: .zero) }
            let fields = Fields(body, known: ["tolerance"], expected: "{ tolerance: 5ms }")
            let tolerance = fields?.required("tolerance", Value.durationExpected)?.duration(allowingZero: true)
            return .expiry(tolerance: tolerance ?? .zero)
        default:
            worded.body?.report(found: "something after \(worded.word)", expected: "\(worded.word) alone")
            let simple: [CheckDeclaration] = [
                .linearizable, .freshAfterInvalidation, .sessions, .convergence, .tags, .loads,
            ]
            return simple.first { $0.word == worded.word } ?? .sessions
        }
    }

    /// Reports a check that this scenario cannot pass or can never examine.
    private func examine(_ check: CheckDeclaration, _ place: Value) {
        if check == .linearizable {
            let modes = scenario.variation.invalidation ?? [scenario.cluster.invalidation]
            if modes.contains(.announced) {
                place.report(
                    found: "linearizable with announced invalidation, which does not promise it",
                    expected: "invalidation: acknowledged, or the checks sessions and staleness")
            }
        }
        if case .expiry = check, !layersAreComplete { return }
        guard phasesAreComplete, let missing = check.missingRequirement(in: scenario) else { return }
        place.report(found: "\(check.word), which this scenario can never examine", expected: missing)
    }
}
