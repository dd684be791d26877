import Yams

extension ScenarioDecoder {
    static let phaseWords = [
        "read", "warm", "write", "delete", "invalidate", "invalidate-tag", "mix", "script", "wait", "inspect",
    ]

    mutating func decodePhases(_ value: Value?) {
        guard let elements = value?.list(of: "phases") else {
            phasesAreComplete = false
            return
        }
        var names: [(name: String, place: Value)] = []
        var amount = PhaseAmount(scenario, context)
        for (index, element) in elements.enumerated() {
            let subject = Value(node: element.node, subject: "phases", context: context)
            guard let worded = WordedElement(subject, words: Self.phaseWords, what: "a phase") else {
                phasesAreComplete = false
                continue
            }
            guard let (action, name) = decodeAction(worded) else {
                phasesAreComplete = false
                continue
            }
            let given = name?.name()
            names.append((given ?? "\(worded.word)-\(index + 1)", name ?? worded.key))
            scenario.phases.append(Phase(name: names.last!.name, action: action))
            amount.add(action, at: worded.key)
        }
        var seen: Set<String> = []
        // A given name that equals the default of another phase is reported at the given one.
        for (name, place) in names.sorted(by: {
            !$0.place.subject.hasSuffix(".name") && $1.place.subject.hasSuffix(".name")
        })
        where !seen.insert(name).inserted {
            place.report(
                found: "\(Value.quoted(name)) for the second time", expected: "a name of its own for each phase")
        }
    }

    /// The action of a phase and where its name is given; `nil` if it cannot be known what the phase does.
    private func decodeAction(_ worded: WordedElement) -> (Phase.Action, name: Value?)? {
        switch worded.word {
        case "wait":
            guard let body = worded.body else {
                worded.key.report(found: "wait alone", expected: Value.durationExpected)
                return nil
            }
            return (.wait(body.duration() ?? .seconds(315_360_000)), nil)
        case "inspect":
            guard let body = worded.body, body.textIfAny != Self.everything else {
                if worded.body == nil { worded.key.report(found: "inspect alone", expected: "inspect: everything") }
                return (.inspect, nil)
            }
            guard case .mapping = body.node else {
                body.reject(expected: "everything, or { name: … }")
                return (.inspect, nil)
            }
            return (.inspect, Fields(body, known: ["name"])?.required("name", "the name of the phase"))
        case "mix": return decodeMix(worded)
        case "script": return decodeScript(worded)
        case "invalidate-tag":
            let fields = worded.fields(known: ["name", "tags", "by"], expected: "{ tags: […], by: one worker }")
            guard let fields else { return (.invalidateTags(TagSweep(tags: [], by: .oneWorker)), nil) }
            let tags = tagNames(fields.required("tags", "the tags to invalidate"))
            return (.invalidateTags(TagSweep(tags: tags, by: decodeActors(fields))), fields["name"])
        default:
            guard let operation = Sweep.Operation(rawValue: worded.word) else { return nil }
            return decodeSweep(operation, worded)
        }
    }

    private func decodeSweep(_ operation: Sweep.Operation, _ worded: WordedElement) -> (Phase.Action, name: Value?) {
        var sweep = Sweep(operation, data: [], by: .oneWorker)
        let fields = worded.fields(
            known: ["name", "data", "keys", "by"], expected: "{ data: …, by: one worker }")
        guard let fields else { return (.sweep(sweep), nil) }
        sweep.data = dataNames(fields.required("data", "the name of a data set, a list of names, or everything"))
        sweep.by = decodeActors(fields)
        if let keys = fields["keys"], let count = keys.count(in: 1...10_000_000) {
            sweep.keys = count
            let smallest = sweep.data.compactMap(scenario.dataSet(named:))
                .min { scenario.fewestKeys(of: $0) < scenario.fewestKeys(of: $1) }
            if let smallest, scenario.fewestKeys(of: smallest) < count {
                let fewest = scenario.fewestKeys(of: smallest)
                let place = scenario.variation.keys == nil ? "" : " in a variant"
                keys.report(
                    found: "\(count) keys of \(smallest.name), which has \(fewest)\(place)",
                    expected: "at most \(fewest)")
            }
        }
        return (.sweep(sweep), fields["name"])
    }

    private func decodeActors(_ fields: Fields) -> Actors {
        let words = Actors.allCases.map(\.rawValue).joined(separator: ", ")
        return fields.required("by", "one of \(words)")?.choice() ?? .oneWorker
    }
}
