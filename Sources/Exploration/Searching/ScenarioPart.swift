import ScenarioRunner
import Scenarios

/// Which part of a scenario is built and run: what a failure does not need is left out when it is shrunk.
///
/// It is a scenario again, with instances, workers and phases counted from 0 anew. What else a scenario may one day
/// declare, and a failure may not need, belongs here: it is left out by ``applied(to:)`` and tried in
/// `ExploredInput.smaller`. A fault goes with its victim, and with the phases in which it is on.
public struct ScenarioPart: Sendable, Hashable {
    /// The instances that are started, by their numbers in the whole.
    var instances: [Int]
    /// How many workers each of them has.
    var workers: Int
    /// The phases that are run, by their numbers in the whole.
    var phases: [Int]
    /// The faults that happen, by their numbers in the whole; `nil` if it declares none.
    var faults: [Int]?
    /// Whether they come whenever the schedule lets them, and not when the scenario says.
    var isAtAnyMoment: Bool

    /// All of it.
    init(_ scenario: Scenario) {
        instances = Array(0..<scenario.cluster.instances)
        workers = scenario.cluster.workers
        phases = Array(scenario.phases.indices)
        faults = scenario.faults.isEmpty ? nil : Array(scenario.faults.indices)
        isAtAnyMoment = scenario.faults.contains(where: \.isAtAnyMoment)
    }

    /// What has to be said besides the scenario's file is none.
    func isWhole(of scenario: Scenario) -> Bool { self == ScenarioPart(scenario) && !isAtAnyMoment }

    /// The scenario that is left.
    func applied(to scenario: Scenario) -> Scenario {
        var part = scenario
        part.cluster.hosts = Set(instances.map { scenario.cluster.host(ofInstance: $0) }).count
        part.cluster.instances = instances.count
        part.cluster.workers = workers
        part.phases = phases.map { scenario.phases[$0] }
        let names = Set(part.phases.map(\.name))
        part.faults = (faults ?? []).compactMap { remains(of: scenario.faults[$0], in: names) }
        return part
    }

    /// A fault as it is when only these phases are run; `nil` if nothing is left of it.
    private func remains(of fault: Fault, in names: Set<String>) -> Fault? {
        var fault = fault
        fault.phases.removeAll { !names.contains($0) }
        fault.isAtAnyMoment = isAtAnyMoment
        if fault.phases.isEmpty { return nil }
        if case .instance(let number) = fault.victim {
            guard let place = instances.firstIndex(of: number) else { return nil }
            fault.victim = .instance(place)
        }
        return fault
    }
}

// MARK: - As text

extension ScenarioPart: CustomStringConvertible {
    /// `instances=0+3 workers=2 phases=1+2`, and where faults are declared `faults=0` or `faults=none` and perhaps `moments=any`,
    /// for `coherence replay --part`.
    public var description: String {
        func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: "+") }
        let faults = faults.map { " faults=\($0.isEmpty ? "none" : list($0))" } ?? ""
        let moments = isAtAnyMoment ? " moments=any" : ""
        return "instances=\(list(instances)) workers=\(workers) phases=\(list(phases))\(faults)\(moments)"
    }

    /// Reads what ``description`` writes; what is not mentioned is whole.
    /// - Throws: what is wrong with it.
    init(text: String, of scenario: Scenario) throws(MalformedText) {
        self.init(scenario)
        for (word, column) in text.words {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2 else {
                throw MalformedText("part", column: column, found: word, expected: "NAME=VALUE, such as workers=2")
            }
            let numbers = sides[1].split(separator: "+", omittingEmptySubsequences: false).map { Int($0) }
            func list(below count: Int, _ what: String) throws(MalformedText) -> [Int] {
                let known = numbers.compactMap { $0 }.filter { (0..<count).contains($0) }
                guard known.count == numbers.count, Set(known).count == known.count, known == known.sorted() else {
                    throw MalformedText(
                        "part", column: column, found: word,
                        expected: "growing numbers of \(what), from 0 to \(count - 1), joined by +")
                }
                return known
            }
            switch sides[0] {
            case "instances": instances = try list(below: scenario.cluster.instances, "instances")
            case "phases": phases = try list(below: scenario.phases.count, "phases")
            case "faults" where sides[1] == "none" && !scenario.faults.isEmpty: faults = []
            case "faults" where !scenario.faults.isEmpty: faults = try list(below: scenario.faults.count, "faults")
            case "moments" where sides[1] == "any" && !scenario.faults.isEmpty: isAtAnyMoment = true
            case "workers":
                guard let number = Int(sides[1]), (1...scenario.cluster.workers).contains(number) else {
                    throw MalformedText(
                        "part", column: column, found: word,
                        expected: "workers=NUMBER, from 1 to \(scenario.cluster.workers)")
                }
                workers = number
            default:
                throw MalformedText(
                    "part", column: column, found: word,
                    expected: "instances, workers, phases or (where some are declared) faults, and = behind it; or "
                        + "moments=any")
            }
        }
    }
}
