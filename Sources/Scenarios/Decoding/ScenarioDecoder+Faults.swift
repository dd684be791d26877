extension ScenarioDecoder {
    mutating func decodeFaults(_ value: Value?) {
        guard let elements = value?.list(of: "faults, such as partition: { whom: instance 1, during: … }") else {
            return
        }
        var decoded: [(fault: Fault, place: Value)] = []
        for element in elements {
            let place = Value(node: element.node, subject: "faults", context: context)
            guard let (fault, key) = FaultDecoder(scenario: scenario, phasesAreKnown: phasesAreComplete).decode(place)
            else { continue }
            if let other = decoded.first(where: { scenario.overlap($0.fault, fault) })?.fault {
                key.report(
                    found: "a \(fault) while the \(other) may not be over",
                    expected: "faults of one kind one after the other for each victim")
            }
            decoded.append((fault, key))
        }
        scenario.faults = decoded.map(\.fault)
    }
}

extension Scenario {
    /// Whether two faults of one kind may hit the same victim at the same time.
    fileprivate func overlap(_ one: Fault, _ other: Fault) -> Bool {
        guard one.word == other.word,
            one.victim.meets(other.victim)
        else { return false }
        let (first, second) = (extent(of: one), extent(of: other))
        return first.lowerBound < second.upperBound && second.lowerBound < first.upperBound
    }

    /// From where to where it may be on: numbers of phases, with the fractions that are done of them.
    private func extent(of fault: Fault) -> ClosedRange<Double> {
        let numbers = fault.phases.compactMap { name in phases.firstIndex { $0.name == name } }
        guard let first = numbers.first, let last = numbers.last else { return 0...0 }
        let start = Double(first) + fault.start
        let end: Double =
            switch fault.end {
            case nil: fault.isAtCommit ? Double(last) + 1 : start
            case .share(let share): Double(last) + share
            case .after: Double(last) + 1
            }
        return start...max(start, end)
    }
}

extension Fault.Victim {
    /// Whether both are the same, or one is among the other.
    fileprivate func meets(_ other: Fault.Victim) -> Bool {
        switch (self, other) {
        case (.everyInstance, .instance), (.instance, .everyInstance): true
        default: self == other
        }
    }
}
