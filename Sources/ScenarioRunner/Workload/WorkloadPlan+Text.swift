import Scenarios

extension WorkloadPlan {
    /// The plan as a short text: `0.3 r permissions:1 w permissions:1; 2.0 t user_session`, where 0.3 is what worker 3 does in
    /// the first phase, and r reads, w writes, d deletes, i invalidates a key, t a tag.
    var text: String {
        var parts: [String] = []
        for (phase, workers) in phases.enumerated() {
            for (worker, operations) in workers.enumerated() where !operations.isEmpty {
                parts.append((["\(phase).\(worker)"] + operations.map(\.text)).joined(separator: " "))
            }
        }
        return parts.joined(separator: "; ")
    }

    /// Reads what ``text`` writes.
    /// - Throws: what is wrong with it.
    init(text: String, for scenario: Scenario) throws(Malformed) {
        let keys = Dictionary(scenario.keysInUse.map { ($0.name, $0) }) { first, _ in first }
        self.init(phases: scenario.phases.map { _ in [] })
        for part in text.split(separator: ";") {
            let words = part.split(separator: " ").map(String.init)
            guard let place = words.first else { continue }
            let numbers = place.split(separator: ".").compactMap { Int($0) }
            guard numbers.count == 2, phases.indices.contains(numbers[0]),
                (0..<scenario.cluster.totalWorkers).contains(numbers[1])
            else { throw Malformed(found: place, expected: "PHASE.WORKER, both counted from 0, of this scenario") }
            guard words.count % 2 == 1 else {
                throw Malformed(found: String(part), expected: "pairs of an operation and a name after \(place)")
            }
            var operations: [PlannedOperation] = []
            for index in stride(from: 1, to: words.count, by: 2) {
                operations.append(try Self.operation(words[index], words[index + 1], keys))
            }
            while phases[numbers[0]].count <= numbers[1] { phases[numbers[0]].append([]) }
            phases[numbers[0]][numbers[1]] = operations
        }
    }

    private static func operation(
        _ letter: String, _ name: String, _ keys: [String: KeyInUse]
    ) throws(Malformed) -> PlannedOperation {
        if letter == "t" { return .invalidateTag(name) }
        guard let key = keys[name] else { throw Malformed(found: name, expected: "a key of the scenario's data") }
        switch letter {
        case "r": return .read(key)
        case "w": return .write(key)
        case "d": return .delete(key)
        case "i": return .invalidate(key)
        default: throw Malformed(found: letter, expected: "r, w, d, i or t")
        }
    }

    /// A text that is no plan of a scenario.
    struct Malformed: Error, CustomStringConvertible {
        let found: String
        let expected: String

        var description: String { "operations: found \"\(found)\"; expected \(expected)" }
    }
}

extension PlannedOperation {
    fileprivate var text: String {
        switch self {
        case .read(let key): "r \(key.name)"
        case .write(let key): "w \(key.name)"
        case .delete(let key): "d \(key.name)"
        case .invalidate(let key): "i \(key.name)"
        case .invalidateTag(let tag): "t \(tag)"
        }
    }
}
