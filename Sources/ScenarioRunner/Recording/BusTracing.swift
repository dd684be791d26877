import CacheHierarchy
import History
import Judging
import Scenarios

import struct History.Operation

/// Finds for everything that the bus brought the announcement that it was.
struct BusTracing {
    /// The latest logical time that somebody is known to have announced something at.
    private var latest: Int64 = 0

    /// The cause of a receipt becomes its publication. A publisher that was not answered does not know the logical
    /// time, so what others received of it cannot be traced, and is left out.
    mutating func trace(_ operations: inout [Operation]) {
        var publications: [Int64: Int64] = [:]
        for index in operations.indices where operations[index].kind == .publish {
            if operations[index].outcome == .ok { publications[operations[index].cause] = operations[index].id }
            latest = max(latest, operations[index].cause)
            operations[index].cause = 0
        }
        operations.removeAll { $0.kind == .receive && publications[$0.cause] == nil }
        for index in operations.indices where operations[index].kind == .receive {
            operations[index].cause = publications[operations[index].cause] ?? 0
        }
    }

    /// Who must have been given every announcement: with streams all who were there from the beginning to the end,
    /// have applied as much as the last announcement, and do not know themselves that they have missed something.
    func subscribers(of scenario: Scenario, _ bus: [Int: BusCounts]) -> [Int] {
        guard scenario.cluster.bus == .streams else { return [] }
        let crashed = scenario.faults.filter { $0.isCrash && !$0.concernsServer }
        return bus.keys.sorted().filter { number in
            guard let counts = bus[number] else { return false }
            return counts.distrusted == 0 && counts.gaps == 0 && counts.applied >= latest
                && !crashed.contains { $0.instances(of: scenario.cluster).contains(number) }
        }
    }
}

extension Scenario {
    /// Whether it asks what became of each announcement.
    var asksForDelivery: Bool { checks.contains { if case .delivery = $0 { true } else { false } } }

    /// Whether the report says what the bus did.
    var reportsBus: Bool { cluster.bus == .streams || asksForDelivery }
}
