import Checking
import History
import Simulation

/// The checks that look at what clients did.
extension Contest {
    static let linearizable = Contest(
        name: "linearizable", recipe: register([.versions, .versions, .values, .both, .mixed])
    ) { _ in
        Question("linearizable", Linearizable(maximumViolations: 1), NaiveLinearizability.bySearch)
    }

    static let byVersions = Contest(
        name: "linearizable-by-versions", recipe: register([.versions, .versions, .versions, .both, .mixed])
    ) { _ in
        Question(
            "linearizable-by-versions", LinearizableByVersions(maximumViolations: 1), NaiveLinearizability.byVersions)
    }

    static let byZones = Contest(
        name: "linearizable-by-zones",
        recipe: register([.values, .values, .values, .values, .values, .both, .mixed], deletes: 1)
    ) { _ in
        Question("linearizable-by-zones", LinearizableByZones(maximumViolations: 1), NaiveLinearizability.byZones)
    }

    static let bySearch = Contest(
        name: "linearizable-by-search", recipe: register([.versions, .versions, .values, .values, .both])
    ) { _ in
        Question("linearizable-by-search", LinearizableBySearch(maximumViolations: 1), NaiveLinearizability.bySearch)
    }

    private static func register(_ namings: [HistoryRecipe.Naming], deletes: Int = 3) -> HistoryRecipe {
        HistoryRecipe(
            kinds: [.read, .read, .read, .read, .read, .read, .write, .write, .write, .write, .evict]
                + Array(repeating: .delete, count: deletes), count: 2...7, namings: namings, oneWrongOf: 6)
    }

    static let fresh = Contest(
        name: "fresh-after-invalidation",
        recipe: HistoryRecipe(
            kinds: [.read, .write, .write, .write, .delete, .invalidate, .invalidateTag, .apply, .apply, .evict],
            kindsAtTheEnd: [.read, .read, .apply], count: 3...9,
            namings: [.versions, .versions, .versions, .both, .mixed],
            keyCounts: [1, 1, 1, 2], scopes: [.none, .instance, .instance, .cluster, .cluster], hasTags: true)
    ) { random in
        let grace = grace(&random)
        return Question(
            "fresh-after-invalidation\(said(grace))", FreshAfterInvalidation(grace: grace, maximumViolations: 1)
        ) {
            NaiveFreshness.fresh($0, grace: grace)
        }.with(.graceIsForgotten) { NaiveFreshness.fresh($0, grace: nil) }
    }

    static func grace(_ random: inout SeededRandom) -> Int64? {
        ([nil, nil, 0, 2, 4, Int64.max] as [Int64?]).randomElement(using: &random)!
    }

    static func said(_ grace: Int64?) -> String { grace.map { ", grace \($0)" } ?? "" }

    static let staleness = Contest(
        name: "staleness",
        recipe: HistoryRecipe(
            kinds: [.read, .read, .read, .write, .write, .write, .delete, .evict],
            namings: [.versions, .versions, .versions, .both, .mixed])
    ) { random in
        let limit = ([nil, 0, 0, 0, 1, 3, Int64.max] as [Int64?]).randomElement(using: &random)!
        return Question(
            "staleness, at most \(limit.map(String.init) ?? "anything")",
            BoundedStaleness(limit: limit, maximumViolations: 1)
        ) { NaiveFreshness.staleness($0, limit: limit) }
    }

    static let sessions = Contest(
        name: "sessions",
        recipe: HistoryRecipe(
            kinds: [.read, .read, .read, .write, .write, .write, .delete, .evict],
            namings: [.versions, .versions, .versions, .both, .mixed], keyCounts: [1, 1, 1, 2], workers: 0...2)
    ) { _ in
        Question("sessions", Sessions(maximumViolations: 1), { NaiveSessions.sessions($0) })
            .with(.linesAreOrdered) { NaiveSessions.sessions($0, takesLinesInOrder: true) }
    }
}
