import Checking
import History
import Simulation

/// The checks that look at loads, events and amounts.
extension Contest {
    static let loads = Contest(
        name: "loads",
        recipe: HistoryRecipe(
            kinds: [
                .load, .load, .load, .load, .load, .load, .write, .delete, .invalidate, .invalidateTag, .apply, .evict,
            ], count: 3...9, keyCounts: [1, 1, 1, 2], longest: 9, hasTags: true)
    ) { random in
        let scope = Loads.Scope.allCases.randomElement(using: &random)!
        let limit = [1, 1, 1, 2, 2, 3].randomElement(using: &random)!
        return Question(
            "loads: \(limit) in \(scope)", Loads(scope: scope, limit: limit, maximumViolations: 1)
        ) { NaiveLoads.loads($0, scope, limit: limit) }.withFaultyLoads(scope, limit)
    }

    static let delivery = Contest(
        name: "delivery",
        recipe: HistoryRecipe(
            kinds: [.publish, .publish, .publish, .receive, .receive], count: 2...9, workers: 0...2, oneUncertainOf: 12)
    ) { random in
        let order = Delivery.Order.allCases.randomElement(using: &random)!
        let subscribers = [nil, nil, [0], [0, 1] as Set<Int32>].randomElement(using: &random)!
        return Question(
            "delivery: order \(order), subscribers \(subscribers.map { "\($0)" } ?? "not known")",
            Delivery(subscribers: subscribers, order: order, maximumViolations: 1)
        ) { NaiveEvents.delivery($0, order, subscribers: subscribers) }
    }

    static let isolation = Contest(
        name: "isolation",
        recipe: HistoryRecipe(
            kinds: [.write, .write, .delete, .read, .read, .inspect], namings: [.values, .both], keyCounts: [2])
    ) { _ in
        Question("isolation", Isolation(maximumViolations: 1), NaiveEvents.isolation)
    }

    static let resources = Contest(
        name: "resources",
        recipe: HistoryRecipe(kinds: [.gauge, .gauge, .gauge, .read], keys: ["memory", "sockets"], keyCounts: [1, 2])
    ) { random in
        let bounds: [Int64] = [0, 1, 2, Int64.max, -1]
        var limits: [String: Int64] = [:]
        var finalLimits: [String: Int64] = [:]
        for name in ["memory", "sockets"] {
            if Int.random(in: 0..<3, using: &random) > 0 { limits[name] = bounds.randomElement(using: &random)! }
            if Int.random(in: 0..<3, using: &random) == 0 { finalLimits[name] = bounds.randomElement(using: &random)! }
        }
        return Question(
            "resources: limits \(limits), final limits \(finalLimits)",
            Resources(limits: limits, finalLimits: finalLimits, maximumViolations: 1)
        ) { [limits, finalLimits] in NaiveEvents.resources($0, limits: limits, finalLimits: finalLimits) }
    }

    static let connections = Contest(
        name: "connections",
        recipe: HistoryRecipe(
            kinds: [.gauge],
            keys: [
                "connections listed", "connections of the pool of m", "managers of process 7",
                "connections of the subscriber m", "connections past any manager: 127.0.0.1:5", "memory",
            ], keyCounts: [1, 2, 3, 4, 5, 6], oneUncertainOf: 3, amounts: [0, 1, 1, 1, 2, 3, Int64.max, Int64.min])
    ) { random in
        let limit = ([0, 1, 2, Int64.max] as [Int64]).randomElement(using: &random)!
        return Question("connections: limit \(limit)", Connections(limit: limit, maximumViolations: 1)) {
            NaiveEvents.connections($0, limit: limit)
        }
    }
}
