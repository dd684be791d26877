import Judging
import ScenarioRunner
import Scenarios

/// What makes two shrunk failures the same for a reader: the check, the rule, and the shape of what the workers do.
///
/// The shape is what each busy worker does, phase after phase, with the names of keys, tags and instances replaced by
/// the order in which they occur, and the workers sorted: `read a, write a | instance 1: read a` is the same whichever
/// worker, instance and key it was. Schedules, versions and the layer that the proof names are not in it: one mistake
/// shows itself in several.
struct FailureShape: Hashable, Sendable {
    let kind: ViolationKind
    let operations: [String]

    init(_ kind: ViolationKind, _ input: ExploredInput) {
        self.kind = kind
        var busy: [(instance: Int, operations: [PlannedOperation])] = []
        for worker in 0..<input.scenario.cluster.totalWorkers {
            let operations = input.plan.phases.flatMap { $0.indices.contains(worker) ? $0[worker] : [] }
            if !operations.isEmpty { busy.append((worker / input.scenario.cluster.workers, operations)) }
        }
        // By what they do and not by who they are, which would be chance.
        busy.sort { $0.operations.map(\.letter).lexicographicallyPrecedes($1.operations.map(\.letter)) }
        var instances: [Int] = []
        var names: [String] = []
        operations = busy.map { instance, operations in
            let place = "instance \(Self.number(of: instance, in: &instances))"
            return ([place] + operations.map { "\($0.letter) \(Self.number(of: $0.name, in: &names))" })
                .joined(separator: ", ")
        }
    }

    private static func number<Name: Equatable>(of name: Name, in known: inout [Name]) -> Int {
        if let number = known.firstIndex(of: name) { return number }
        known.append(name)
        return known.count - 1
    }
}
